package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.MergedAnnotation;

/** All limited methods, each read once. */
final class RateLimitedOperations {

    private final Map<MethodClassKey, Optional<LimitedMethod>> operations = new ConcurrentHashMap<>();
    private final StatedLimits stated = new StatedLimits();
    private final OperationReader reader;

    RateLimitedOperations(OperationReader reader) {
        this.reader = reader;
    }

    /**
     * What limits a method as called on this class; null if nothing does.
     *
     * @throws InvalidRateLimitedMethodException if its annotation is wrong
     */
    @Nullable
    LimitedMethod of(Method method, @Nullable Class<?> targetClass) {
        MethodClassKey key = new MethodClassKey(method, targetClass);
        Optional<LimitedMethod> known = operations.get(key);
        if (known == null) {
            known = Optional.ofNullable(read(method, targetClass));
            operations.put(key, known);
        }
        return known.orElse(null);
    }

    private @Nullable LimitedMethod read(Method method, @Nullable Class<?> targetClass) {
        MergedAnnotation<ReverseRateLimited> annotation = RateLimitedMethods.find(method, targetClass);
        if (annotation == null) {
            return null;
        }
        Method source = annotation.getSource() instanceof Method declared ? declared : method;
        RateLimitedMethods.checkSingle(source);
        ReverseRateLimited stands = annotation.synthesize();
        RateLimitedOperation operation = reader.read(source, stands);
        stated.add(operation, InvalidRateLimitedMethodException.text(source));
        return new LimitedMethod(
                List.of(operation), new CallRules(stands.fallbackMethod(), List.of(stands.refundOn())));
    }

    /** Whether no method is limited so far. */
    boolean isEmpty() {
        return operations.values().stream().allMatch(Optional::isEmpty);
    }

    /** Warns where a method states other limits than are configured under the same name. */
    void compareWith(NamedSettings named) {
        stated.compareWith(named);
    }
}
