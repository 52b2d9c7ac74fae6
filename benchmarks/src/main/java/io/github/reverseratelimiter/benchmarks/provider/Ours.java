package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.benchmarks.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** This library, on a connection of its own. */
final class Ours implements Limiting {

    /** A machine that stands still is not the subject here. */
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);

    private final RedisClient client;
    private final ReverseRateLimiter limiter;
    private final CreditRequest request;

    private Ours(Subject.Site site, UnaryOperator<CreditRequest> change) {
        this.client = RedisClient.create(site.redis());
        LettuceScriptExecutor executor = new LettuceScriptExecutor(client.connect(ByteArrayCodec.INSTANCE));
        this.limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, RedisCreditStore.DEFAULT_KEY_PREFIX))
                .storeTimeout(STORE_TIMEOUT)
                .build();
        this.request =
                change.apply(CreditRequest.of("of the account", site.quota()).maxWait(LONGEST));
    }

    /** In all the ways that are worth a row of this scenario. */
    static List<Subject> subjects(Scenario scenario) {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(margin(Duration.ZERO));
        subjects.add(margin(CreditRequest.DEFAULT_MARGIN));
        Duration sufficient = scenario.sufficientMargin();
        if (!sufficient.equals(CreditRequest.DEFAULT_MARGIN)) {
            subjects.add(margin(sufficient));
        }
        return subjects;
    }

    /** With a fixed margin. */
    static Subject margin(Duration margin) {
        return subject("ours, margin " + Text.millis(margin), request -> request.margin(margin))
                .margin(margin);
    }

    /** With requests changed in this way. */
    static Subject subject(String title, UnaryOperator<CreditRequest> change) {
        return Subject.scripting(title, site -> new Ours(site, change));
    }

    @Override
    public Ended acquire(String account) {
        CreditRequest own = new CreditRequest(
                new CreditKey("provider", account),
                request.limits(),
                request.margin(),
                request.credits(),
                request.waiting());
        if (limiter.acquire(own) instanceof Granted) {
            return Ended.UNHEARD;
        }
        throw new IllegalStateException("denied, though there was time to wait");
    }

    @Override
    public void close() {
        limiter.close();
        client.shutdown();
    }
}
