package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Four instances with four callers each, always asking, before a provider that counts arrivals in an exact sliding window: in
 * virtual time, in microseconds. A credit is granted as the script does it: {@code t(j + L) >= t(j) + W + margin}, with the
 * margin of who asks.
 *
 * @param limit credits per window
 * @param window in microseconds
 * @param delay from a grant to its arrival
 * @param answer from the arrival to the call's end
 */
record MarginSimulation(int limit, long window, Delay delay, Delay answer) {

    private static final int INSTANCES = 4;
    private static final int CALLERS = 16;
    private static final int WARM_WINDOWS = 10;
    private static final int WINDOWS = 1_000;
    private static final Duration START = Duration.ofMillis(25);

    /** How long a call takes for a part of its way, in microseconds. */
    interface Delay {
        long of(SplittableRandom random, int instance, long now);

        /** Any time between two, in milliseconds, each as likely. */
        static Delay between(int least, int most) {
            return (random, instance, now) ->
                    least == most ? least * 1_000L : random.nextLong(least * 1_000L, most * 1_000L);
        }

        /** Lognormal: half are shorter than the median; at most 1 s. */
        static Delay tail(int median, double sigma) {
            return (random, instance, now) -> {
                double normal =
                        Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
                return Math.min(1_000_000, (long) (median * 1_000 * Math.exp(sigma * normal)));
            };
        }

        /** One on the first instance, another on the rest. */
        static Delay unequal(Delay first, Delay rest) {
            return (random, instance, now) -> (instance == 0 ? first : rest).of(random, instance, now);
        }

        /** Another one between two windows of one second. */
        default Delay between(int from, int to, Delay other) {
            return (random, instance, now) ->
                    (now >= from * 1_000_000L && now < to * 1_000_000L ? other : this).of(random, instance, now);
        }
    }

    /**
     * What became of the calls after the first ten windows.
     *
     * @param calls that arrived
     * @param refused of those
     * @param accepted share of the limit that was used, 1 at most
     * @param margins sum over all requests, in microseconds
     * @param refusedIn by window
     * @param marginIn the widest that was asked with, by window
     * @param unexplained refusals that were counted apart
     */
    record Outcome(
            long calls,
            long refused,
            double accepted,
            double margins,
            List<Integer> refusedIn,
            List<Long> marginIn,
            long unexplained) {

        double refusedShare() {
            return (double) refused / calls;
        }

        double meanMarginMillis() {
            return margins / calls / 1_000;
        }
    }

    /** Tells each instance's margin, and hears how its calls ended. */
    interface Margins {
        Duration of(int instance);

        void ended(int instance, Duration used, int remaining, long tookNanos, CallEnd end);
    }

    /** A call on its way. */
    private static final class Flight {
        final int instance;
        long at;
        long order;
        Stage stage = Stage.ASKS;
        Duration margin = Duration.ZERO;
        long granted;
        int remaining;
        CallEnd end = CallEnd.UNKNOWN;

        Flight(int instance) {
            this.instance = instance;
        }
    }

    private enum Stage {
        ASKS,
        ARRIVES,
        ENDS
    }

    Outcome fixed(Duration margin, long seed) {
        return run(seed, new Margins() {
            @Override
            public Duration of(int instance) {
                return margin;
            }

            @Override
            public void ended(int instance, Duration used, int remaining, long tookNanos, CallEnd end) {}
        });
    }

    Outcome learnt(long seed) {
        return learnt(seed, INSTANCES);
    }

    /** With so many learners, one for each instance or one for all. */
    Outcome learnt(long seed, int learners) {
        LearntMargin[] each = Stream.generate(() -> new LearntMargin(START, window))
                .limit(learners)
                .toArray(LearntMargin[]::new);
        long[] unexplained = new long[1];
        Outcome outcome = run(seed, new Margins() {
            @Override
            public Duration of(int instance) {
                return each[instance % learners].margin();
            }

            @Override
            public void ended(int instance, Duration used, int remaining, long tookNanos, CallEnd end) {
                LearntMargin.Lesson lesson = each[instance % learners].ended(used, remaining, tookNanos, end);
                unexplained[0] += lesson == LearntMargin.Lesson.UNEXPLAINED ? 1 : 0;
            }
        });
        return new Outcome(
                outcome.calls,
                outcome.refused,
                outcome.accepted,
                outcome.margins,
                outcome.refusedIn,
                outcome.marginIn,
                unexplained[0]);
    }

    /** The fixed margin that lets most calls through, of those with at most one refusal in a thousand calls. */
    Outcome perfect(long seed) {
        return LongStream.of(
                        0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 150, 200,
                        250, 300, 400, 600, 1_000)
                .filter(margin -> margin * 4_000 <= window)
                .mapToObj(margin -> fixed(Duration.ofMillis(margin), seed))
                .filter(outcome -> outcome.refusedShare() <= 0.001)
                .findFirst()
                .orElseGet(() -> fixed(Durations.ofMicros(window / 4), seed));
    }

    private Outcome run(long seed, Margins margins) {
        SplittableRandom random = new SplittableRandom(seed);
        PriorityQueue<Flight> flights = new PriorityQueue<>((one, other) ->
                one.at != other.at ? Long.compare(one.at, other.at) : Long.compare(one.order, other.order));
        long order = 0;
        for (int caller = 0; caller < CALLERS; caller++) {
            Flight flight = new Flight(caller % INSTANCES);
            flight.at = random.nextLong(1_000);
            flight.order = order++;
            flights.add(flight);
        }
        long[] ring = new long[limit];
        Arrays.fill(ring, Long.MIN_VALUE / 2);
        Deque<Long> counted = new ArrayDeque<>();
        int[] refusedIn = new int[WARM_WINDOWS + WINDOWS];
        long[] marginIn = new long[WARM_WINDOWS + WINDOWS];
        long warm = WARM_WINDOWS * window;
        long granted = 0;
        int next = 0;
        long calls = 0;
        long refused = 0;
        double sum = 0;
        while (true) {
            Flight flight = flights.remove();
            long now = flight.at;
            if (now >= warm + WINDOWS * window) {
                break;
            }
            switch (flight.stage) {
                case ASKS -> {
                    flight.margin = margins.of(flight.instance);
                    long micros = Durations.microsUp(flight.margin);
                    long free = ring[next] + window + micros;
                    granted = Math.max(Math.max(now, granted), free);
                    flight.remaining = granted > free ? 1 : 0;
                    ring[next] = granted;
                    next = (next + 1) % limit;
                    flight.granted = granted;
                    flight.at = granted + delay.of(random, flight.instance, granted);
                    flight.stage = Stage.ARRIVES;
                    int in = (int) (now / window);
                    marginIn[in] = Math.max(marginIn[in], micros);
                    sum += now >= warm ? micros : 0;
                }
                case ARRIVES -> {
                    while (!counted.isEmpty() && counted.getFirst() <= now - window) {
                        counted.removeFirst();
                    }
                    boolean full = counted.size() == limit;
                    flight.end = full ? CallEnd.REFUSED : CallEnd.ANSWERED;
                    if (full) {
                        refusedIn[(int) (now / window)]++;
                    } else {
                        counted.addLast(now);
                    }
                    if (now >= warm) {
                        calls++;
                        refused += full ? 1 : 0;
                    }
                    flight.at = now + answer.of(random, flight.instance, now);
                    flight.stage = Stage.ENDS;
                }
                default -> {
                    margins.ended(
                            flight.instance,
                            flight.margin,
                            flight.remaining,
                            (now - flight.granted) * 1_000,
                            flight.end);
                    flight.stage = Stage.ASKS;
                }
            }
            flight.order = order++;
            flights.add(flight);
        }
        double accepted = (double) (calls - refused) / limit / WINDOWS;
        return new Outcome(
                calls,
                refused,
                accepted,
                sum,
                IntStream.of(refusedIn).boxed().toList(),
                LongStream.of(marginIn).boxed().toList(),
                0);
    }
}
