package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CallInFlight;
import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.MarginSource;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.benchmarks.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** This library, on a connection of its own. */
final class Ours implements Limiting {

    /** A machine that stands still is not the subject here. */
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);

    private static final String NAME = "provider";
    private static final int TOO_MANY_REQUESTS = 429;

    private final RedisClient client;
    private final ReverseRateLimiter limiter;

    private Ours(Subject.Site site, Function<RateLimit, LimiterSettings> settings) {
        this.client = RedisClient.create(site.redis());
        LettuceScriptExecutor executor = new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
        this.limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, RedisCreditStore.DEFAULT_KEY_PREFIX))
                .storeTimeout(STORE_TIMEOUT)
                .limiter(settings.apply(site.quota()))
                .build();
    }

    /** In all the ways that are worth a row of this scenario. */
    static List<Subject> subjects(Scenario scenario) {
        List<Subject> subjects = new ArrayList<>();
        if (scenario.kind() == Kind.CONCURRENCY) {
            subjects.add(atOnce());
        }
        subjects.add(margin(Duration.ZERO));
        subjects.add(margin(CreditRequest.DEFAULT_MARGIN));
        Duration sufficient = scenario.sufficientMargin();
        if (!sufficient.equals(CreditRequest.DEFAULT_MARGIN)) {
            subjects.add(margin(sufficient));
        }
        subjects.add(Subject.scripting(
                "ours, margin auto",
                site -> new Ours(
                        site,
                        limit -> settings(plan(limit, CreditRequest.DEFAULT_MARGIN, Flow.FREE))
                                .marginSource(MarginSource.LEARNT))));
        subjects.add(flow("ours, until completion", Flow.FREE.countUntil(CountUntil.COMPLETION), Duration.ZERO));
        subjects.add(
                flow("ours, even pace, margin " + Text.millis(sufficient), Flow.FREE.pacing(Pacing.EVEN), sufficient)
                        .margin(sufficient));
        return subjects;
    }

    /** With a fixed margin. */
    static Subject margin(Duration margin) {
        return flow("ours, margin " + Text.millis(margin), Flow.FREE, margin).margin(margin);
    }

    /** With calls that go out in this way. */
    static Subject flow(String title, Flow flow, Duration margin) {
        return Subject.scripting(title, site -> new Ours(site, limit -> settings(plan(limit, margin, flow))));
    }

    /** With no window, but as many calls at once as the provider allows. */
    private static Subject atOnce() {
        return Subject.scripting(
                "ours, at most so many in flight",
                site -> new Ours(
                        site,
                        limit -> settings(new Plan(
                                List.of(),
                                Duration.ZERO,
                                Waiting.upTo(LONGEST),
                                Flow.FREE.maxInFlight(limit.limit())))));
    }

    private static Plan plan(RateLimit limit, Duration margin, Flow flow) {
        return new Plan(List.of(limit), margin, Waiting.upTo(LONGEST), flow);
    }

    private static LimiterSettings settings(Plan plan) {
        return new LimiterSettings(NAME, plan, Map.of());
    }

    @Override
    public Ended acquire(String account) {
        CallInFlight call = limiter.begin(limiter.named(NAME).request(account));
        return (status, took) -> {
            call.ended(status == TOO_MANY_REQUESTS ? CallEnd.REFUSED : CallEnd.ANSWERED);
            call.close();
        };
    }

    @Override
    public void close() {
        limiter.close();
        client.shutdown();
    }
}
