package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Several annotations of one method: what can be told about their requests before a call.
 *
 * @param place where they stand
 * @param operations in their order
 */
record SeveralOperations(Place place, List<RateLimitedOperation> operations) {

    /**
     * Checks each against the others.
     *
     * @throws InvalidRateLimitedMethodException if they can never be granted together
     */
    void check() {
        try {
            Waiting waiting = LimitedMethod.waiting(
                    operations.stream().map(RateLimitedOperation::template).toList());
            for (int i = 1; i < operations.size(); i++) {
                for (int j = 0; j < i; j++) {
                    checkTogether(operations.get(j), operations.get(i), waiting);
                }
            }
        } catch (IllegalArgumentException e) {
            throw InvalidRateLimitedMethodException.of(place, e);
        }
    }

    private void checkTogether(RateLimitedOperation one, RateLimitedOperation other, Waiting waiting) {
        CreditRequest first = one.template();
        CreditRequest second = other.template();
        if (!first.key().equals(second.key())
                || !one.key().text().equals(other.key().text())) {
            checkCountsNone(one);
            checkCountsNone(other);
            return;
        }
        if (!one.cost().text().equals(other.cost().text())) {
            throw new InvalidRateLimitedMethodException(
                    place,
                    "two annotations for key " + one.key().text() + " cost "
                            + one.cost().text() + " and " + other.cost().text() + " credits",
                    "give both the same: they are one take",
                    null);
        }
        checkCaps(one, other);
        List<RateLimit> limits =
                Stream.of(first, second).flatMap(each -> each.limits().stream()).toList();
        Duration margin = first.margin().compareTo(second.margin()) > 0 ? first.margin() : second.margin();
        // They become one request, which has to be a right one: it has one limit for each window, and not too many of
        // them.
        var unused = new CreditRequest(first.key(), limits, margin, first.credits(), waiting, first.flow());
    }

    private void checkCountsNone(RateLimitedOperation ofOneKey) {
        Flow flow = ofOneKey.template().flow();
        if (flow.countsCallsInFlight()) {
            throw new InvalidRateLimitedMethodException(
                    place,
                    "its annotations take credits of several keys, but the calls of key "
                            + ofOneKey.key().text() + " are counted until they end ("
                            + (flow.maxInFlight().isPresent()
                                    ? "maxInFlight is " + flow.maxInFlight().getAsInt()
                                    : "countUntil is \"completion\"")
                            + ")",
                    "leave one key only, or count in flight on another method, which this one calls",
                    null);
        }
    }

    private void checkCaps(RateLimitedOperation one, RateLimitedOperation other) {
        OptionalInt first = one.template().flow().maxInFlight();
        OptionalInt second = other.template().flow().maxInFlight();
        if (first.isPresent() && second.isPresent() && first.getAsInt() != second.getAsInt()) {
            throw new InvalidRateLimitedMethodException(
                    place,
                    "two annotations for key " + one.key().text() + " allow " + first.getAsInt() + " and "
                            + second.getAsInt() + " calls in flight",
                    "keep the smaller",
                    null);
        }
    }
}
