package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.Trips.Answer;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * This instance's share of each limit, counted in this JVM: it decides alone while the store is away.
 *
 * <p>When the store is back, it does not know what was granted without it. So each instance keeps to its share, beside
 * what the store says, until every instance has noticed the return and whatever it granted alone has left the window:
 * the shares of all are the limit at most. After that all that counts is in the store.
 *
 * <p>A trip that failed alone is no outage, and no return is told. Then each key of which the share has granted is kept
 * to the share for as long.
 */
final class Shares {

    /** By how much the return may come later for one instance than for another: connections come back one by one. */
    private static final Duration APART = Duration.ofSeconds(1);

    private final CreditStore counter;
    private final int instances;
    private final TimeSource time;
    private final long untilAllKnow;
    private volatile boolean returned;
    private volatile long backNanos;
    private final GrantedAlone alone;

    Shares(CreditStore counter, int instances, TimeSource time, Duration storeTimeout) {
        this.counter = counter;
        this.instances = instances;
        this.time = time;
        this.untilAllKnow = StoreWatch.longestMistake(storeTimeout).plus(APART).toNanos();
        this.alone = new GrantedAlone(time.nanoTime());
    }

    /** The store is back. */
    void storeCameBack() {
        backNanos = time.nanoTime();
        returned = true;
    }

    /** The share has granted these though the store counts as there: of its keys, the store does not know all. */
    void grantedAlone(List<CreditRequest> requests) {
        long now = time.nanoTime();
        for (CreditRequest request : requests) {
            long longest = request.limits().stream()
                    .mapToLong(limit -> counts(request, limit))
                    .max()
                    .orElse(0);
            alone.note(request.key(), now, longest);
        }
    }

    /** What is to be taken beside the store: nothing, or a request for each key whose window still holds grants without it. */
    List<CreditRequest> besideTheStore(Bundle bundle) {
        if (!returned && alone.isEmpty()) {
            return List.of();
        }
        long now = time.nanoTime();
        alone.clean(now);
        List<CreditRequest> held = new ArrayList<>();
        for (CreditRequest request : bundle.requests()) {
            List<RateLimit> limits = request.limits().stream()
                    .filter(limit -> holds(request, limit, now))
                    .toList();
            if (!limits.isEmpty()) {
                held.add(new CreditRequest(
                        request.key(), limits, request.margin(), request.credits(), request.waiting()));
            }
        }
        return held;
    }

    private boolean holds(CreditRequest request, RateLimit limit, long now) {
        long counts = counts(request, limit);
        return (returned && now - backNanos < counts) || alone.within(counts, request.key(), now);
    }

    /** For how long a grant without the store counts, for whoever knows of it last. */
    private long counts(CreditRequest request, RateLimit limit) {
        return limit.window().toNanos() + request.margin().toNanos() + untilAllKnow;
    }

    /** Whether the share can hold what is asked for: a call may cost more than that. */
    boolean canHold(List<CreditRequest> requests) {
        return requests.stream()
                .allMatch(request -> request.flow().maxInFlight().isEmpty()
                        && request.limits().stream().allMatch(limit -> request.credits() <= share(limit.limit())));
    }

    private int share(int limit) {
        return Math.max(1, limit / instances);
    }

    /** Takes the credits of all from the share, now, or of none. */
    Answer take(List<CreditRequest> requests) {
        long now = time.nanoTime();
        List<Call> calls = requests.stream().map(this::call).toList();
        List<Reply> replies = calls.size() == 1
                ? List.of(counter.take(calls.get(0)).toCompletableFuture().join())
                : counter.takeAll(calls).toCompletableFuture().join();
        return new Answer(replies, now, Decider.SHARE, Trips.credits(requests, replies, Credit::ofShare));
    }

    /** A refusal of some requests as one of all: the others would not have to wait. */
    static Answer inPlaceOf(List<CreditRequest> all, List<CreditRequest> some, Answer refusal) {
        Map<CreditKey, Reply> known = new HashMap<>();
        for (int i = 0; i < some.size(); i++) {
            known.put(some.get(i).key(), refusal.replies().get(i));
        }
        long now = refusal.replies().get(0).now();
        Reply free = new Reply(now, 0, false, List.of(new Decision.Refused(now, 0, now)));
        List<Reply> replies =
                all.stream().map(each -> known.getOrDefault(each.key(), free)).toList();
        return new Answer(replies, refusal.decidedNanos(), refusal.decider(), List.of());
    }

    private Call call(CreditRequest request) {
        List<RateLimit> shares = request.limits().stream()
                .map(limit -> RateLimit.of(share(limit.limit()), limit.window()))
                .toList();
        Request wish = new Request(request.credits(), 0, Request.newId());
        return new Call(request.key(), shares, request.margin(), List.of(wish), Duration.ofHours(1));
    }

    int giveBack(Credit credit) {
        return counter.refund(credit.key(), credit.credits(), credit.at())
                .toCompletableFuture()
                .join();
    }

    void pause(CreditKey key, Duration duration) {
        counter.pause(key, duration).toCompletableFuture().join();
    }

    void close() {
        counter.close();
    }
}
