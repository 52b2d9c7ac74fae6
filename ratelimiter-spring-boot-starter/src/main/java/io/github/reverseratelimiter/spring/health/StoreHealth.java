package io.github.reverseratelimiter.spring.health;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.DecidedBy;
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
 * Whether the store decides, as the last calls have told or the self-test before them, and what is answered if not. It
 * asks nobody and spends no credit.
 */
public final class StoreHealth implements RateLimiterListener {

    private final OnStoreFailure usual;
    private final Map<String, OnStoreFailure> others = new TreeMap<>();
    private final Map<String, Duration> margins = new ConcurrentSkipListMap<>();
    private volatile @Nullable CreditStoreException away;

    /** Of the last that was heard; null if that was a decision. */
    private volatile @Nullable CreditStoreException failure;

    private volatile boolean asked;

    /** Of an application with this policy, and limiters of which some have another. */
    public StoreHealth(OnStoreFailure usual, List<LimiterSettings> limiters) {
        this.usual = usual;
        limiters.forEach(limiter ->
                limiter.onStoreFailure().filter(own -> own != usual).ifPresent(own -> others.put(limiter.name(), own)));
    }

    /** What the self-test has shown, or null where the store decided; what calls have shown counts for more. */
    public void tried(@Nullable CreditStoreException outcome) {
        if (!asked) {
            failure = outcome;
        }
    }

    @Override
    public void storeWentAway(CreditStoreException cause) {
        asked = true;
        away = cause;
    }

    @Override
    public void marginLearnt(String limiter, Duration margin) {
        margins.put(limiter, margin);
    }

    @Override
    public void storeCameBack(Duration outage) {
        away = null;
        if (!(failure instanceof CreditStoreMisconfiguredException)) {
            failure = null;
        }
    }

    @Override
    public void abandoned(CreditRequest request, Throwable told) {
        if (told instanceof CreditStoreMisconfiguredException refused && isOfAllKeys(refused.reason())) {
            asked = true;
            failure = refused;
        }
    }

    /** One key that holds foreign data says nothing about the others. */
    private static boolean isOfAllKeys(CreditStoreException.Reason reason) {
        return switch (reason) {
            case ACCESS, AUTHENTICATION, DATABASE, TLS, UNKNOWN_COMMAND -> true;
            default -> false;
        };
    }

    @Override
    public void granted(CreditRequest request, Granted granted) {
        if (granted.basis() instanceof Basis.Store) {
            decided();
        }
    }

    @Override
    public void denied(CreditRequest request, Denied denied) {
        if (denied.decidedBy() == DecidedBy.STORE) {
            decided();
        }
    }

    /** Each call comes here: what has its value already is not written again. */
    private void decided() {
        if (!asked) {
            asked = true;
        }
        if (failure != null) {
            failure = null;
        }
    }

    /**
     * What an indicator shows: {@code state} (up, degraded while the store is away or where it could not be tried at the
     * start, or misconfigured while it refuses), the policies, the margins that are learnt, and the reason and cause of what is not up.
     */
    public Map<String, Object> details() {
        CreditStoreException gone = away;
        // It may have refused before it went away: that is not the latest.
        CreditStoreException cause = gone == null ? failure : gone;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", state(cause));
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

    private static String state(@Nullable CreditStoreException cause) {
        if (cause == null) {
            return "up";
        }
        return cause instanceof CreditStoreMisconfiguredException ? "misconfigured" : "degraded";
    }
}
