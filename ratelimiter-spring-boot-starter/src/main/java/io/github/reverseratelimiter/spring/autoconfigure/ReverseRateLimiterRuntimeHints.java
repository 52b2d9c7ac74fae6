package io.github.reverseratelimiter.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What an application processed ahead of time cannot find out by itself. */
final class ReverseRateLimiterRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/github/reverseratelimiter/redis/*.lua");
        hints.reflection()
                .registerType(
                        TypeReference.of("io.github.reverseratelimiter.spring.aop.KeyRoot"),
                        MemberCategory.INVOKE_DECLARED_METHODS)
                .registerType(MarginProperty.class, MemberCategory.INVOKE_PUBLIC_METHODS)
                .registerTypeIfPresent(classLoader, "feign.FeignException", MemberCategory.INVOKE_PUBLIC_METHODS);
    }
}
