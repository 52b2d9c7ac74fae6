package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.function.Supplier;

/** For how long the store's answer is waited for. The store is told: what it gets to later, it does not charge. */
sealed interface Patience {

    /** What a further trip has at least: most take far less. */
    long LEAST_NANOS = 25_000_000;

    /** So long. */
    Duration time();

    /** As long as the store may take: the same for all who have not lost any of it. */
    record Usual(Duration time) implements Patience {

        /**
         * What is left for a further trip of a caller who need not wait and has spent so long on trips that came to nothing. Who has spent
         * far more than all of it stood still meanwhile, or he would have given up: he begins anew.
         *
         * @param cause why there is no answer, if it is too little
         */
        Patience less(long spentNanos, Supplier<CreditStoreException> cause) {
            long left = Math.max(LEAST_NANOS, time.toNanos() - spentNanos);
            return left >= time.toNanos() || stoodStill(spentNanos) ? this : new Left(Duration.ofNanos(left), cause);
        }

        /** Whether nobody waits so long, unless nothing in this JVM went on meanwhile. A timer that is late by a little is none of that. */
        boolean stoodStill(long nanos) {
            return nanos > 2 * time.toNanos();
        }
    }

    /** What other trips have left of that. That it was too little says nothing about the store. */
    record Left(Duration time, Supplier<CreditStoreException> cause) implements Patience {}
}
