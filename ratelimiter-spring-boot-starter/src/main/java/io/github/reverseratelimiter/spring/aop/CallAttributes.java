package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an annotation says about the call rather than about its credits. Of several, one may say it, or all the same.
 *
 * @param maxWait longest wait in all
 * @param retries further attempts
 * @param retryInterval time between two
 * @param fallbackMethod called where no credit was to be had
 * @param refundOn exceptions after which the credits come back; empty if it says nothing
 */
record CallAttributes(
        Optional<Written<Duration>> maxWait,
        Optional<Written<Integer>> retries,
        Optional<Written<Duration>> retryInterval,
        Optional<Written<String>> fallbackMethod,
        List<Class<? extends Throwable>> refundOn) {

    /** Takes a copy of the list. */
    CallAttributes {
        refundOn = List.copyOf(refundOn);
    }

    /** As one annotation says. */
    static CallAttributes of(Attributes attributes, ReverseRateLimited annotation) {
        String fallback = attributes.text("fallbackMethod", annotation.fallbackMethod());
        return new CallAttributes(
                attributes.duration("maxWait", annotation.maxWait()),
                attributes.number("retries", annotation.retries(), annotation.retriesString()),
                attributes.duration("retryInterval", annotation.retryInterval()),
                fallback.isEmpty() ? Optional.empty() : Optional.of(new Written<>(fallback, fallback)),
                List.of(annotation.refundOn()));
    }

    /**
     * As both say.
     *
     * @throws InvalidRateLimitedMethodException if they contradict each other
     */
    CallAttributes and(CallAttributes other, Place place) {
        return new CallAttributes(
                agreed("maxWait", maxWait, other.maxWait, place),
                agreed("retries", retries, other.retries, place),
                agreed("retryInterval", retryInterval, other.retryInterval, place),
                agreed("fallbackMethod", fallbackMethod, other.fallbackMethod, place),
                agreed(other.refundOn, place));
    }

    private static <T> Optional<Written<T>> agreed(
            String attribute, Optional<Written<T>> one, Optional<Written<T>> other, Place place) {
        if (one.isPresent() && other.isPresent() && !one.equals(other)) {
            throw contradiction(attribute, one.get().text(), other.get().text(), place);
        }
        return one.or(() -> other);
    }

    private List<Class<? extends Throwable>> agreed(List<Class<? extends Throwable>> other, Place place) {
        if (!refundOn.isEmpty() && !other.isEmpty() && !Set.copyOf(refundOn).equals(Set.copyOf(other))) {
            throw contradiction("refundOn", names(refundOn), names(other), place);
        }
        return refundOn.isEmpty() ? other : refundOn;
    }

    private static String names(List<Class<? extends Throwable>> types) {
        return types.stream().map(Class::getSimpleName).toList().toString();
    }

    private static InvalidRateLimitedMethodException contradiction(
            String attribute, String one, String other, Place place) {
        return new InvalidRateLimitedMethodException(
                place,
                attribute + " is \"" + one + "\" in one annotation and \"" + other + "\" in another of the same call",
                "give it in one of them only",
                null);
    }

    /** How to wait; empty if nothing is said about it. */
    Optional<Waiting> waiting(Place place) {
        int attempts = retries.map(Written::value).orElse(0);
        if (attempts == 0) {
            retryInterval.ifPresent(interval -> {
                throw new InvalidRateLimitedMethodException(
                        place,
                        "retryInterval is \"" + interval.text() + "\" but retries is 0",
                        "give retries too, or leave retryInterval out",
                        null);
            });
            Optional<Waiting> upTo = maxWait.map(Written::value).map(Waiting::upTo);
            return upTo.or(() -> retries.map(none -> Waiting.none()));
        }
        return Optional.of(
                new Waiting.Retries(attempts, retryInterval.map(Written::value), maxWait.map(Written::value)));
    }

    /** The rest. */
    CallRules rules() {
        return new CallRules(fallbackMethod.map(Written::value).orElse(""), refundOn);
    }
}
