package io.github.reverseratelimiter.memory;

import java.util.OptionalLong;

/** The last requests that were granted, so that one that arrives twice is charged once. */
final class Identities {

    private static final int SIZE = 6;

    private final long[] ids = new long[SIZE];
    private final long[] times = new long[SIZE];
    private int next;

    /** What this request was granted for. */
    OptionalLong timeOf(long id) {
        for (int i = 0; i < SIZE; i++) {
            if (ids[i] == id) {
                return OptionalLong.of(times[i]);
            }
        }
        return OptionalLong.empty();
    }

    void remember(long id, long at) {
        ids[next] = id;
        times[next] = at;
        next = (next + 1) % SIZE;
    }

    /** Moves every time after {@code now} by {@code micros}. */
    void hold(long now, long micros) {
        for (int i = 0; i < SIZE; i++) {
            times[i] += times[i] > now ? micros : 0;
        }
    }
}
