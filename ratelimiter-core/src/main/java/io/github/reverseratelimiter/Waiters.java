package io.github.reverseratelimiter;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Counts who waits for each limiter in this JVM, up to a cap. */
final class Waiters {

    private final int most;
    private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

    Waiters(int most) {
        this.most = most;
    }

    /** Takes a place for a request that may have to wait, if there is one. */
    boolean enter(CreditRequest request) {
        if (!request.waits() || most == 0) {
            return false;
        }
        boolean[] entered = {false};
        counts.compute(request.key().limiter(), (limiter, count) -> {
            int waiting = count == null ? 0 : count;
            entered[0] = waiting < most;
            return entered[0] ? waiting + 1 : waiting;
        });
        return entered[0];
    }

    /** Takes a place for each of these, or for none. */
    boolean enterAll(List<CreditRequest> requests) {
        for (int i = 0; i < requests.size(); i++) {
            if (!enter(requests.get(i))) {
                if (i > 0) {
                    leaveAll(requests.subList(0, i));
                }
                return false;
            }
        }
        return true;
    }

    void leaveAll(List<CreditRequest> requests) {
        requests.forEach(this::leave);
    }

    /** Gives up a place that was taken. */
    void leave(CreditRequest request) {
        counts.computeIfPresent(request.key().limiter(), (limiter, count) -> count == 1 ? null : count - 1);
    }

    /** Limiters that anybody waits for. */
    int size() {
        return counts.size();
    }
}
