package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A limiter as many callers of one JVM use it, for accounts that are numbered. */
interface Gate extends AutoCloseable {

    /** Takes a credit, or is denied at once. */
    boolean pass(int account);

    /** The same without a thread. */
    default CompletionStage<Boolean> passAsync(int account) {
        throw new UnsupportedOperationException("only blocks");
    }

    /** Takes a credit, for which it waits as long as it must. */
    default boolean await(int account, Duration longest) throws InterruptedException {
        throw new UnsupportedOperationException("never waits");
    }

    @Override
    void close();
}
