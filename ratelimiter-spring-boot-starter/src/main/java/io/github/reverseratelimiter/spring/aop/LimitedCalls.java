package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;

/** How the calls of all limited methods are made, each found out once. */
final class LimitedCalls {

    private final Map<MethodClassKey, Optional<LimitedCall>> calls = new ConcurrentHashMap<>();
    private final CallStyles styles = new CallStyles();
    private final RateLimitedOperations operations;
    private final CallCredits credits;

    LimitedCalls(RateLimitedOperations operations, CallCredits credits) {
        this.operations = operations;
        this.credits = credits;
    }

    /**
     * How a method is called on this class; null if nothing limits it.
     *
     * @throws InvalidRateLimitedMethodException if its annotation is wrong, or does not fit the method
     */
    @Nullable
    LimitedCall of(Method method, @Nullable Class<?> targetClass) {
        MethodClassKey key = new MethodClassKey(method, targetClass);
        Optional<LimitedCall> known = calls.get(key);
        if (known == null) {
            known = Optional.ofNullable(read(method, targetClass));
            calls.put(key, known);
        }
        return known.orElse(null);
    }

    private @Nullable LimitedCall read(Method method, @Nullable Class<?> targetClass) {
        LimitedMethod limited = operations.read(method, targetClass);
        if (limited == null) {
            return null;
        }
        Class<?> type = targetClass == null ? method.getDeclaringClass() : targetClass;
        CallRules rules = limited.rules();
        return new LimitedCall(
                limited,
                styles.of(method, type),
                new FallbackReader(method, type).read(rules.fallbackMethod()),
                RefundRule.read(method, rules.refundOn()),
                credits);
    }

    /** Whether no method is limited so far. */
    boolean isEmpty() {
        return calls.values().stream().allMatch(Optional::isEmpty);
    }
}
