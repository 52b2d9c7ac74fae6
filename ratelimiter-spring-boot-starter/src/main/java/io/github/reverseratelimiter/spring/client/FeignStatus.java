package io.github.reverseratelimiter.spring.client;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Of Feign's exceptions, which we know by name only: Feign comes in versions of its own with each generation of Spring Cloud.
 *
 * @param status the method of {@code feign.FeignException}
 */
record FeignStatus(Method status) implements HttpStatus {

    static Optional<FeignStatus> find(@Nullable ClassLoader loader) {
        if (!ClassUtils.isPresent("feign.FeignException", loader)) {
            return Optional.empty();
        }
        Class<?> type = ClassUtils.resolveClassName("feign.FeignException", loader);
        return Optional.ofNullable(ReflectionUtils.findMethod(type, "status")).map(FeignStatus::new);
    }

    @Override
    public OptionalInt of(Object answer) {
        return status.getDeclaringClass().isInstance(answer)
                        && ReflectionUtils.invokeMethod(status, answer) instanceof Integer code
                ? OptionalInt.of(code)
                : OptionalInt.empty();
    }
}
