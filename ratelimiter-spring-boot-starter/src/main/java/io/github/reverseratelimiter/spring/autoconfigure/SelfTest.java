package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Tries Redis at the start, before anything begins calls: the application does not start where Redis refuses for a reason
 * that lasts. Where it is away, or slow, the start goes on.
 */
final class SelfTest implements SmartLifecycle {

    /** After connection factories, whose phase is 0, and before web servers, schedulers and message listeners. */
    static final int PHASE = 512;

    private static final System.Logger LOG = System.getLogger(SelfTest.class.getName());
    private static final String PROPERTY = ReverseRateLimiterProperties.PREFIX + ".self-test";

    private final Supplier<Optional<RedisCreditStore>> store;
    private final ReverseRateLimiterProperties properties;
    private final Outcomes outcomes;
    private volatile boolean running;

    /** Hears what it has shown, perhaps more than once: at the start, and when Redis answers after all. */
    @FunctionalInterface
    interface Outcomes {

        /** Why Redis did not decide; null if it did. */
        void tried(@Nullable CreditStoreException outcome);
    }

    /** Of the store, if it is made and Redis': it is not made for the test. */
    SelfTest(Supplier<Optional<RedisCreditStore>> store, ReverseRateLimiterProperties properties, Outcomes outcomes) {
        this.store = store;
        this.properties = properties;
        this.outcomes = outcomes;
    }

    @Override
    public void start() {
        running = true;
        if (properties.enabled() && properties.selfTest()) {
            store.get().ifPresent(made -> run(made, properties.storeTimeout()));
        }
    }

    private void run(RedisCreditStore made, Duration timeout) {
        // An executor of the application may throw where it should fail.
        CompletableFuture<Void> test =
                CompletableFuture.<Void>completedFuture(null).thenCompose(now -> made.selfTest(timeout));
        try {
            test.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            outcomes.tried(null);
        } catch (TimeoutException e) {
            goOn(new CreditStoreException(
                    CreditStoreException.Reason.TIMEOUT,
                    "it has not answered within " + timeout.toMillis() + "ms (reverse-rate-limiter.store-timeout)"));
            var unused = test.whenComplete((nothing, failure) -> tooLate(failure));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            failed(e.getCause() == null ? e : e.getCause());
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof CreditStoreMisconfiguredException refused) {
            throw new LimiterSetupException(
                    "the self-test of the limiter failed: " + refused.getMessage(),
                    "change what it says; or set " + PROPERTY
                            + " to false, to start all the same: each limited call then fails so",
                    refused);
        }
        goOn(
                failure instanceof CreditStoreException away
                        ? away
                        : new CreditStoreException(failure.toString(), failure));
    }

    private void goOn(CreditStoreException why) {
        outcomes.tried(why);
        LOG.log(
                System.Logger.Level.WARNING,
                "Redis could not be tried at the start; the application starts, and while Redis does not decide, calls get"
                        + " the answer that on-store-failure says: " + why.getMessage());
    }

    /** The start could not wait for it. */
    private void tooLate(@Nullable Throwable failure) {
        if (failure == null) {
            outcomes.tried(null);
            return;
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CreditStoreException outcome) {
                outcomes.tried(outcome);
                if (outcome instanceof CreditStoreMisconfiguredException) {
                    LOG.log(System.Logger.Level.ERROR, "The self-test of the limiter failed: " + outcome.getMessage());
                }
                return;
            }
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
