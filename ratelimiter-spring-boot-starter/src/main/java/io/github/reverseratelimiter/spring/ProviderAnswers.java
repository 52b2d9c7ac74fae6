package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CallEnd;
import org.jspecify.annotations.Nullable;

/**
 * Tells from what a limited method returned or threw how its call ended: whether the provider answered it, or refused it
 * since it had counted too many. The one of ours knows status 429 of Spring's clients, of Feign and of the JDK's client; a
 * bean of this type replaces it, for providers that refuse in another way.
 *
 * <p>It is asked in the thread at hand, once for each call whose end matters (which is counted in flight, or from which a
 * margin is learnt), and must not block. Where it throws, the call has ended as its failure says.
 */
@FunctionalInterface
public interface ProviderAnswers {

    /**
     * How the call ended.
     *
     * @param result what the method returned, or its future or publisher delivered; null if that was nothing, or it failed
     * @param failure what it threw; null if it returned
     */
    CallEnd end(@Nullable Object result, @Nullable Throwable failure);
}
