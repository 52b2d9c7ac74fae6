package io.github.reverseratelimiter.spring.health;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimiterListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store decides, as the last calls have told, and what is answered if not. It asks nobody and spends no
 * credit.
 */
public final class StoreHealth implements RateLimiterListener {

    private final OnStoreFailure usual;
    private final Map<String, OnStoreFailure> others = new TreeMap<>();
    private final Map<String, Duration> margins = new ConcurrentSkipListMap<>();
    private volatile @Nullable CreditStoreException away;
    private volatile @Nullable CreditStoreException refusal;

    /** Of an application with this policy, and limiters of which some have another. */
    public StoreHealth(OnStoreFailure usual, List<LimiterSettings> limiters) {
        this.usual = usual;
        limiters.forEach(limiter ->
                limiter.onStoreFailure().filter(own -> own != usual).ifPresent(own -> others.put(limiter.name(), own)));
    }

    @Override
    public void storeWentAway(CreditStoreException cause) {
        away = cause;
    }

    @Override
    public void marginLearnt(String limiter, Duration margin) {
        margins.put(limiter, margin);
    }

    @Override
    public void storeCameBack(Duration outage) {
        away = null;
    }

    @Override
    public void abandoned(CreditRequest request, Throwable failure) {
        if (failure instanceof CreditStoreMisconfiguredException refused && isOfAllKeys(refused.reason())) {
            refusal = refused;
        }
    }

    /** One key that holds foreign data says nothing about the others. */
    private static boolean isOfAllKeys(CreditStoreException.Reason reason) {
        return switch (reason) {
            case ACCESS, AUTHENTICATION, UNKNOWN_COMMAND -> true;
            default -> false;
        };
    }

    @Override
    public void granted(CreditRequest request, Granted granted) {
        if (refusal != null && granted.basis() instanceof Basis.Store) {
            refusal = null;
        }
    }

    @Override
    public void denied(CreditRequest request, Denied denied) {
        if (refusal != null && isOfTheStore(denied)) {
            refusal = null;
        }
    }

    private static boolean isOfTheStore(Denied denied) {
        return switch (denied.reason()) {
            case EXHAUSTED, WAIT_TOO_LONG, PAUSED -> true;
            case STORE_UNAVAILABLE, TOO_MANY_WAITERS -> false;
        };
    }

    /**
     * What an indicator shows: {@code state} (up, degraded while the store is away, or misconfigured while it refuses), the
     * policies, the margins that are learnt, and the reason and cause of what is not up.
     */
    public Map<String, Object> details() {
        CreditStoreException gone = away;
        CreditStoreException refused = refusal;
        CreditStoreException cause = refused == null ? gone : refused;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", state(gone, refused));
        details.put("on-store-failure", usual.toString());
        others.forEach((limiter, policy) -> details.put("on-store-failure of " + limiter, policy.toString()));
        margins.forEach((limiter, margin) -> details.put("margin of " + limiter, text(margin)));
        if (cause != null) {
            details.put("reason", cause.reason().toString());
            details.put("cause", String.valueOf(cause.getMessage()));
        }
        return details;
    }

    /** In milliseconds, the next whole one. */
    private static String text(Duration margin) {
        return margin.plusNanos(999_999).toMillis() + "ms";
    }

    /** A refusal is told first: it is an error with each policy, and somebody has to change something. */
    private static String state(@Nullable CreditStoreException gone, @Nullable CreditStoreException refused) {
        if (refused != null) {
            return "misconfigured";
        }
        return gone == null ? "up" : "degraded";
    }
}
