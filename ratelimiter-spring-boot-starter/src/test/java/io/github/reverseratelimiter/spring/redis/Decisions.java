package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.Acquisition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/** How long decisions took. */
final class Decisions {

    /** What nobody waits for who is answered at once. */
    private static final Duration AT_ONCE = Duration.ofMillis(50);

    /**
     * One of them.
     *
     * @param took by the clock
     * @param without the time in which the machine stood still meanwhile; who waited until the time was up did so all the same
     * @param byRedis a grant: the limit is never reached
     */
    private record Decision(Duration took, Duration without, boolean byRedis) {

        static Decision of(Duration took, Duration stalled, boolean byRedis) {
            Duration least =
                    took.compareTo(OutageContract.STORE_TIMEOUT) > 0 ? OutageContract.STORE_TIMEOUT : Duration.ZERO;
            Duration without = took.minus(stalled);
            return new Decision(took, without.compareTo(least) < 0 ? least : without, byRedis);
        }
    }

    private final Queue<Decision> all = new ConcurrentLinkedQueue<>();

    /** Asks for one, and tells when it is made. */
    CompletableFuture<Void> of(Stalls stalls, Supplier<? extends CompletableFuture<?>> call) {
        List<Long> mark = stalls.mark();
        long begun = System.nanoTime();
        return call.get().handle((decided, failure) -> {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            boolean byRedis = failure == null && !(decided instanceof Acquisition.Denied);
            all.add(Decision.of(took, stalls.since(mark), byRedis));
            return null;
        });
    }

    void addAll(Decisions others) {
        all.addAll(others.all);
    }

    int count() {
        return all.size();
    }

    /** Those that Redis made. */
    int byRedis() {
        return (int) all.stream().filter(Decision::byRedis).count();
    }

    /** Those that were not made at once. */
    int waited() {
        return (int) all.stream()
                .filter(each -> each.without().compareTo(AT_ONCE) > 0)
                .count();
    }

    /** Of this share all were as fast: 0.999, for example. */
    Duration quantile(double share) {
        return quantile(share, Decision::without);
    }

    /** The same by the clock. */
    Duration quantileByTheClock(double share) {
        return quantile(share, Decision::took);
    }

    private Duration quantile(double share, Function<Decision, Duration> of) {
        List<Duration> sorted = new ArrayList<>(all.stream().map(of).toList());
        sorted.sort(Comparator.naturalOrder());
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }
}
