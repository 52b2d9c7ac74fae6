package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;

/**
 * A situation in which all limiters are measured.
 *
 * @param title as it is called in the tables
 * @param callers who calls
 * @param outcome what they hear
 * @param distance how far Redis is
 * @param accounts how many accounts they call for
 */
record Cell(String title, Callers callers, Outcome outcome, Distance distance, int accounts) {

    private static final int MANY = 10_000;
    private static final int HOT = 1;

    static final Cell ONE = granted("1 thread", new Callers.Threads(1));
    static final Cell EIGHT = granted("8 threads", new Callers.Threads(8));
    static final Cell MIDDLE = granted("32 threads", new Callers.Threads(32));
    static final Cell MANY_THREADS = granted("128 threads", new Callers.Threads(128));
    static final Cell ASYNC = granted("async, 256 in flight", new Callers.InFlight(256));
    static final Cell FAR =
            new Cell("128 threads, 1 ms away", new Callers.Threads(128), Outcome.GRANTED, Distance.A_MILLISECOND, HOT);
    static final Cell EIGHT_FAR =
            new Cell("8 threads, 1 ms away", new Callers.Threads(8), Outcome.GRANTED, Distance.A_MILLISECOND, HOT);
    static final Cell MIDDLE_FAR =
            new Cell("32 threads, 1 ms away", new Callers.Threads(32), Outcome.GRANTED, Distance.A_MILLISECOND, HOT);
    static final Cell DENIED =
            new Cell("denied, 32 threads", new Callers.Threads(32), Outcome.DENIED, Distance.SAME_HOST, HOT);
    static final Cell MANY_KEYS =
            new Cell("10,000 keys, 32 threads", new Callers.Threads(32), Outcome.GRANTED, Distance.SAME_HOST, MANY);
    static final Cell VIRTUAL = granted("1,000 virtual threads", new Callers.VirtualThreads(1_000));

    /** What is measured in calls a second; of waits {@link Waits}. */
    static final List<Cell> ALL =
            List.of(ONE, EIGHT, MIDDLE, MANY_THREADS, ASYNC, EIGHT_FAR, MIDDLE_FAR, FAR, DENIED, MANY_KEYS, VIRTUAL);

    /** Whether calls are granted, all of them or none. */
    enum Outcome {
        GRANTED,
        DENIED
    }

    /** How far Redis is. */
    enum Distance {
        SAME_HOST,
        /** Half a millisecond each way. */
        A_MILLISECOND
    }

    private static Cell granted(String title, Callers callers) {
        return new Cell(title, callers, Outcome.GRANTED, Distance.SAME_HOST, HOT);
    }

    /** Never used up where all are granted, and not free again while it is measured where none are. */
    RateLimit limit() {
        if (outcome == Outcome.DENIED) {
            return RateLimit.of(5, Duration.ofMinutes(30));
        }
        return accounts == HOT
                ? RateLimit.of(100_000, Duration.ofMillis(100))
                : RateLimit.of(1_000, Duration.ofSeconds(1));
    }

    boolean isAsync() {
        return callers instanceof Callers.InFlight;
    }

    boolean isFar() {
        return distance == Distance.A_MILLISECOND;
    }
}
