package io.github.reverseratelimiter.benchmarks.load;

/** How often each duration was seen, to within 0.8 %: a bucket for each of 128 steps between a power of two and the next. */
final class Histogram {

    private static final int EXACT = 256;
    private static final int STEPS = 128;
    private static final int STEP_BITS = 7;

    /** A duration of 2^41 ns is over half an hour. */
    private static final int LARGEST_POWER = 41;

    private final long[] counts = new long[EXACT + (LARGEST_POWER - STEP_BITS) * STEPS];
    private long total;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        total++;
    }

    void addAll(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    long total() {
        return total;
    }

    /** The duration that this share of all took at most, in nanoseconds; 0 of none. */
    double percentile(double share) {
        double rank = share * total;
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0 && seen + counts[i] >= rank) {
                return lowest(i) + width(i) * (rank - seen) / counts[i];
            }
            seen += counts[i];
        }
        return 0;
    }

    private static int bucket(long nanos) {
        if (nanos < EXACT) {
            return (int) Math.max(0, nanos);
        }
        int power = Math.min(LARGEST_POWER, 63 - Long.numberOfLeadingZeros(nanos));
        int step = (int) Math.min(2L * STEPS - 1, nanos >>> (power - STEP_BITS));
        return EXACT + (power - STEP_BITS - 1) * STEPS + step - STEPS;
    }

    private static double lowest(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int power = (bucket - EXACT) / STEPS + 1;
        return (double) ((long) ((bucket - EXACT) % STEPS + STEPS) << power);
    }

    private static double width(int bucket) {
        return bucket < EXACT ? 0 : 1L << ((bucket - EXACT) / STEPS + 1);
    }
}
