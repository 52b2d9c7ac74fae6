package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;

/** Reads limited methods, and remembers what is to be said of all of them together. */
final class RateLimitedOperations {

    private final StatedLimits stated = new StatedLimits();
    private final Set<Place> takingSeveralKeys = ConcurrentHashMap.newKeySet();
    private final OperationReader reader;

    RateLimitedOperations(OperationReader reader) {
        this.reader = reader;
    }

    /**
     * Reads what limits a method as called on this class; null if nothing does.
     *
     * @throws InvalidRateLimitedMethodException if its annotation is wrong
     */
    @Nullable
    LimitedMethod read(Method method, @Nullable Class<?> targetClass) {
        List<MergedAnnotation<ReverseRateLimited>> found = RateLimitedMethods.find(method, targetClass);
        if (found.isEmpty()) {
            return null;
        }
        Place place = RateLimitedMethods.place(found.get(0), method, targetClass);
        List<ReverseRateLimited> annotations =
                found.stream().map(MergedAnnotation::synthesize).toList();
        CallAttributes call = annotations.stream()
                .map(each -> reader.readCall(place, each))
                .reduce((one, other) -> one.and(other, place))
                .orElseThrow();
        List<RateLimitedOperation> list =
                annotations.stream().map(each -> reader.read(place, each, call)).toList();
        new SeveralOperations(place, list).check();
        list.forEach(each -> stated.add(each, place.text()));
        LimitedMethod limited = new LimitedMethod(list, call.rules());
        if (limited.takesSeveralKeys()) {
            takingSeveralKeys.add(place);
        }
        return limited;
    }

    /**
     * Looks whether the store can do what is asked of it.
     *
     * @param severalKeys throws if it cannot take credits of several keys together
     * @throws InvalidRateLimitedMethodException if a method needs that
     */
    void checkSeveralKeys(Runnable severalKeys) {
        for (Place place : takingSeveralKeys) {
            try {
                severalKeys.run();
            } catch (CreditStoreMisconfiguredException e) {
                throw new InvalidRateLimitedMethodException(
                        place,
                        "its annotations take credits of several keys, which the Redis cluster keeps in different slots",
                        "set reverse-rate-limiter.hash-tag, so that all keys are in one slot; or leave one key only",
                        e);
            }
        }
    }

    /** Warns where a method states other limits than are configured under the same name. */
    void compareWith(NamedSettings named) {
        stated.compareWith(named);
    }
}
