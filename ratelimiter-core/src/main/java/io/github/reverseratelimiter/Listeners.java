package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells all listeners, in their order; no failure of theirs gets further than here. Costs nothing if there are none. */
final class Listeners {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    private record Listener(RateLimiterListener listener, AtomicBoolean failed) {}

    private final Listener[] all;
    private final Executor executor;
    private final InOrder ofTheStore;
    private final Function<Bundle, OnStoreFailure> policy;

    /** The executor is for what would otherwise be told under a lock or in the store's thread. */
    Listeners(List<RateLimiterListener> listeners, Executor executor, Function<Bundle, OnStoreFailure> policy) {
        this.all = listeners.stream()
                .map(each -> new Listener(each, new AtomicBoolean()))
                .toArray(Listener[]::new);
        this.executor = executor;
        this.ofTheStore = new InOrder(executor);
        this.policy = policy;
    }

    /** Requests were answered; perhaps the store had failed on the way. */
    void answered(Bundle bundle, Acquisition answer, @Nullable CreditStoreException storeFailure) {
        if (all.length == 0) {
            return;
        }
        if (storeFailure != null) {
            OnStoreFailure inForce = policy.apply(bundle).where(storeFailure);
            bundle.requests().forEach(request -> tell(each -> each.storeFailed(request, storeFailure, inForce)));
        }
        if (answer instanceof Granted granted) {
            Credit.of(granted.basis()).forEach(Credit::told);
            bundle.requests().forEach(request -> tell(each -> each.granted(request, granted)));
        } else if (answer instanceof Denied denied) {
            CreditRequest request = bundle.numbered(denied.request());
            tell(each -> each.denied(request, denied));
        }
    }

    /** Requests ended without an answer. */
    void abandoned(Bundle bundle, Throwable failure) {
        if (all.length > 0) {
            bundle.requests().forEach(request -> tell(each -> each.abandoned(request, failure)));
        }
    }

    /** The same, since the caller ended its future itself; null where it gave an answer of its own. */
    void callerWentAway(Bundle bundle, @Nullable Throwable failure) {
        abandoned(bundle, failure != null ? failure : new CancellationException("its caller completed the future"));
    }

    /** The store is not asked any more, but for probes: to be told of soon. */
    void storeWentAway(CreditStoreException cause) {
        if (all.length > 0) {
            ofTheStore.add(() -> tell(each -> each.storeWentAway(cause)));
        }
    }

    /** The store decides again: to be told of soon. */
    void storeCameBack(Duration away) {
        if (all.length > 0) {
            ofTheStore.add(() -> tell(each -> each.storeCameBack(away)));
        }
    }

    /** Tells what is to be told of the store. */
    void tellOfTheStore() {
        ofTheStore.run();
    }

    /** A call has ended of which they were told that it was granted; told here. */
    void callEnded(Credit credit, CallEnd end, long nowNanos) {
        Departure departure = credit.departure();
        if (departure != null && credit.firstOver()) {
            Duration took = departure.lasted(nowNanos);
            tell(each -> each.callEnded(departure.request(), took, end));
        }
    }

    /** A call is not counted any more, though nobody said that it had ended; told here. */
    void callGivenUp(Credit credit, long nowNanos) {
        Departure departure = credit.departure();
        if (departure != null && credit.firstOver()) {
            Duration took = departure.lasted(nowNanos);
            tell(each -> each.callGivenUp(departure.request(), took));
        }
    }

    /** The store does not know the calls any more that this instance has in flight. */
    void leaseLost(String limiter) {
        if (all.length > 0) {
            executor.execute(() -> tell(each -> each.leaseLost(limiter)));
        }
    }

    /** A limiter asks with another margin from now on. */
    void marginLearnt(String limiter, Duration margin) {
        if (all.length > 0) {
            executor.execute(() -> tell(each -> each.marginLearnt(limiter, margin)));
        }
    }

    /** The provider refused a call, and no margin would have prevented it. */
    void refusedDespiteMargin(String limiter, Duration margin) {
        if (all.length > 0) {
            executor.execute(() -> tell(each -> each.refusedDespiteMargin(limiter, margin)));
        }
    }

    /** Watches a refund; returns it as it is. */
    CompletableFuture<Integer> refunding(CreditKey key, CompletableFuture<Integer> refund) {
        if (all.length > 0) {
            var unused = refund.whenComplete((credits, failure) -> {
                if (credits != null && credits > 0) {
                    executor.execute(() -> tell(each -> each.refunded(key, credits)));
                }
            });
        }
        return refund;
    }

    private void tell(Consumer<RateLimiterListener> event) {
        for (Listener each : all) {
            try {
                event.accept(each.listener());
            } catch (Throwable e) { // any error: who waits for a future would wait for ever
                System.Logger.Level level =
                        each.failed().getAndSet(true) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
                LOG.log(
                        level,
                        "The listener " + each.listener().getClass().getName()
                                + " failed; calls go on, and its further failures are logged at debug",
                        e);
            }
        }
    }
}
