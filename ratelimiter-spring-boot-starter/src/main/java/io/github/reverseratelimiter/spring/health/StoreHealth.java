package io.github.reverseratelimiter.spring.health;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimiterListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store decides, as the last calls have told, and what is answered if not. It asks nobody and spends no
 * credit.
 */
public final class StoreHealth implements RateLimiterListener {

    private final OnStoreFailure usual;
    private final Map<String, OnStoreFailure> others = new TreeMap<>();
    private volatile @Nullable CreditStoreException away;

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
    public void storeCameBack(Duration outage) {
        away = null;
    }

    /** What an indicator shows: {@code state} (up or degraded), the policies, and the reason and cause of an outage. */
    public Map<String, Object> details() {
        CreditStoreException cause = away;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", cause == null ? "up" : "degraded");
        details.put("on-store-failure", usual.toString());
        others.forEach((limiter, policy) -> details.put("on-store-failure of " + limiter, policy.toString()));
        if (cause != null) {
            details.put("reason", cause.reason().toString());
            details.put("cause", String.valueOf(cause.getMessage()));
        }
        return details;
    }
}
