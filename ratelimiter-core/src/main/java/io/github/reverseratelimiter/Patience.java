package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.function.Supplier;

/** For how long the store's answer is waited for. The store is told: what it gets to later, it does not charge. */
sealed interface Patience {

    /** What a further trip has at least: most take far less. */
    long LEAST_NANOS = 25_000_000;

    long NEXT_TO_NOTHING_NANOS = 1_000_000;

    /** So long. */
    Duration time();

    /** As long as the store may take: the same for all who have not lost any of it. */
    record Usual(Duration time) implements Patience {

        /**
         * What is left for a further trip of a caller who need not wait and has spent so long on trips that came to nothing: at least 25 ms,
         * but not again and again.
         *
         * @param cause why there is no answer, if it is too little
         */
        Patience less(long spentNanos, Supplier<CreditStoreException> cause) {
            long all = time.toNanos();
            long left = Math.min(Math.max(LEAST_NANOS, all - spentNanos), all + LEAST_NANOS - spentNanos);
            return left >= all ? this : new Left(Duration.ofNanos(Math.max(NEXT_TO_NOTHING_NANOS, left)), cause);
        }

        /** Whether nobody waits so long, unless nothing in this JVM went on meanwhile. A timer that is late by a little is none of that. */
        boolean stoodStill(long nanos) {
            return nanos > 2 * (time.toNanos() + LEAST_NANOS);
        }

        /** Whether it is so little that a silence says nothing about the store. */
        boolean isFarMoreThan(Patience other) {
            return other.time().toNanos() < time.toNanos() / 2;
        }
    }

    /** What other trips have left of that. */
    record Left(Duration time, Supplier<CreditStoreException> cause) implements Patience {}
}
