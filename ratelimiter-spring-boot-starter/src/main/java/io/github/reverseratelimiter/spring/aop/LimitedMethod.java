package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Waiting;
import java.util.List;
import org.aopalliance.intercept.MethodInvocation;

/**
 * A limited method: what a call of it has to take, all or none, and what happens around it.
 *
 * @param operations one for each annotation that counts, at least one
 * @param rules what all of them say about the call itself
 */
record LimitedMethod(List<RateLimitedOperation> operations, CallRules rules) {

    /** Takes a copy of the list. */
    LimitedMethod {
        operations = List.copyOf(operations);
    }

    /** For messages: class and method. */
    String name() {
        return operations.get(0).name();
    }

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key, or no number of credits
     */
    List<CreditRequest> requests(MethodInvocation call) {
        if (operations.size() == 1) {
            return List.of(operations.get(0).request(call));
        }
        List<CreditRequest> requests =
                operations.stream().map(each -> each.request(call)).toList();
        Waiting waiting = waiting(requests);
        return requests.stream().map(each -> each.waiting(waiting)).toList();
    }

    /** Whether a call may have to wait, as far as that can be told before one. */
    boolean waits() {
        return operations.stream().anyMatch(each -> !each.template().waiting().equals(Waiting.none()));
    }

    /** Whether a call may take credits of several keys, as far as that can be told before one. */
    boolean takesSeveralKeys() {
        return operations.stream()
                        .map(each -> List.of(
                                each.template().key().limiter(), each.key().text()))
                        .distinct()
                        .count()
                > 1;
    }

    /**
     * How they wait, together: as those do that wait at all.
     *
     * @throws IllegalArgumentException if they wait in different ways
     */
    static Waiting waiting(List<CreditRequest> requests) {
        List<Waiting> ways = requests.stream()
                .map(CreditRequest::waiting)
                .filter(way -> !way.equals(Waiting.none()))
                .distinct()
                .toList();
        if (ways.size() > 1) {
            throw new IllegalArgumentException("limiters of one call wait in different ways, " + ways.get(0) + " and "
                    + ways.get(1) + ": give maxWait or retries in one of the annotations");
        }
        return ways.isEmpty() ? Waiting.none() : ways.get(0);
    }
}
