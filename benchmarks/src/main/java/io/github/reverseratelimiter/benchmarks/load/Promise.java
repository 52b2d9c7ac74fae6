package io.github.reverseratelimiter.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What the library promises of a figure.
 *
 * @param title what is promised
 * @param bound the least or the most that the figure may be
 * @param atLeast whether it is the least
 * @param figure of a limiter, if it was measured
 */
record Promise(String title, double bound, boolean atLeast, Figure figure) {

    static final String OURS = "ours";
    static final String IN_MEMORY = "ours, in memory";
    static final String EVEN = "ours, at an even pace";
    static final String GUAVA = "Guava (local)";

    /** Finds a figure of a limiter. */
    @FunctionalInterface
    interface Figure {
        OptionalDouble of(Results results, String limiter);
    }

    /** All of them, as they stand in issue 6. */
    static final List<Promise> ALL = List.of(
            atMost(
                    "1 thread: p50, to the trivial EVALSHA",
                    1.15,
                    (all, who) -> all.figure(Cell.ONE, who, row -> row.ratio(Sample::p50))),
            atLeast("32 threads: calls/s, to the trivial EVALSHA", 1.5, speed(Cell.MIDDLE)),
            atMost(
                    "32 threads: trips per call",
                    0.1,
                    (all, who) -> all.figure(Cell.MIDDLE, who, row -> row.median(Sample::trips))),
            atLeast("async, 256 in flight: calls/s, to the trivial EVALSHA", 2.5, speed(Cell.ASYNC)),
            atLeast("128 threads, 1 ms away: calls/s, to the trivial EVALSHA", 1.5, speed(Cell.FAR)),
            atLeast("denied, 32 threads: calls/s, to the trivial EVALSHA", 10, speed(Cell.DENIED)),
            atLeast("10,000 keys, 32 threads: calls/s, to the trivial EVALSHA", 0.85, speed(Cell.MANY_KEYS)),
            atMost("64 threads wait on 50/1 s: trips per granted call", 1.0, waits(Waits.Sample::trips)),
            atMost("the same: longest to mean wait", 1.05, waits(Waits.Sample::longestToMean)),
            atMost("the same: share of grants that overtook another", 0, waits(Waits.Sample::overtaking)),
            atLeast("in memory, 32 threads: calls/s, to Guava's", 0.5, Promise::toGuava));

    private static Promise atLeast(String title, double bound, Figure figure) {
        return new Promise(title, bound, true, figure);
    }

    private static Promise atMost(String title, double bound, Figure figure) {
        return new Promise(title, bound, false, figure);
    }

    private static Figure speed(Cell cell) {
        return (all, who) -> all.figure(cell, who, Row::speed);
    }

    private static Figure waits(ToDoubleFunction<Waits.Sample> figure) {
        return (all, who) -> all.waits(who, figure);
    }

    private static OptionalDouble toGuava(Results all, String who) {
        OptionalDouble ours = all.figure(Cell.MIDDLE, who, Row::speed);
        OptionalDouble guava = all.figure(Cell.MIDDLE, GUAVA, Row::speed);
        return who.equals(IN_MEMORY) && ours.isPresent() && guava.isPresent()
                ? OptionalDouble.of(ours.getAsDouble() / guava.getAsDouble())
                : OptionalDouble.empty();
    }

    /** Whether a figure, shown with two digits, keeps it. */
    boolean kept(double value) {
        double shown = Math.round(value * 100) / 100.0;
        return atLeast ? shown >= bound : shown <= bound;
    }

    /** Reads as {@code at least 1.50}. */
    String wanted() {
        return String.format(Locale.ROOT, "at %s %.2f", atLeast ? "least" : "most", bound);
    }
}
