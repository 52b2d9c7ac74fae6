package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.sample.github.GitHubApi;
import io.github.reverseratelimiter.sample.github.GitHubApplication;
import io.github.reverseratelimiter.sample.github.GitHubClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Instances of the client application: each a Spring context with its own limiter and its own connections. */
final class Instances implements AutoCloseable {

    private static final String LIMITER = "github";
    private static final Duration GATE = Duration.ofMillis(300);

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    private Instances() {}

    /** Starts as many as the options say; the first one also serves, if any is to. */
    static Instances start(SampleOptions options, Map<String, Object> properties, String... args) {
        Instances instances = new Instances();
        try {
            for (int i = 0; i < options.instances(); i++) {
                boolean serves = options.serve() && i == 0;
                instances.contexts.add(instance(options, properties, serves, args));
            }
            return instances;
        } catch (RuntimeException e) {
            instances.close();
            throw e;
        }
    }

    private static ConfigurableApplicationContext instance(
            SampleOptions options, Map<String, Object> properties, boolean serves, String... args) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(options.properties());
        return new SpringApplicationBuilder(GitHubApplication.class)
                .web(serves ? WebApplicationType.SERVLET : WebApplicationType.NONE)
                .registerShutdownHook(false)
                .initializers(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("demonstration", all)))
                .run(args);
    }

    /** How each calls the provider. */
    List<Ways> ways() {
        return contexts.stream()
                .map(context -> new Ways(context.getBean(GitHubClient.class), context.getBean(GitHubApi.class)))
                .toList();
    }

    /**
     * Lets all callers stand in line when they begin, so that the first credits do not go to whoever runs first. Where not
     * all of them fit into a window, its credits are spent evenly beforehand: then credits come one by one, and callers keep
     * the order in which they begin. Else the account is paused for a moment. Does nothing where the limiter is off.
     */
    void lineUp(SampleOptions options) throws InterruptedException {
        ReverseRateLimiter limiter = contexts.get(0).getBean(ReverseRateLimiter.class);
        if (options.limit() >= options.callers()) {
            limiter.pause(new CreditKey(LIMITER, options.account()), GATE).join();
            return;
        }
        long nanosEach = options.window().toNanos() / options.limit();
        for (int i = 0; i < options.limit(); i++) {
            if (i > 0) {
                TimeUnit.NANOSECONDS.sleep(nanosEach);
            }
            limiter.named(LIMITER).acquire(options.account());
        }
    }

    /** Port on which the first one serves. */
    String port() {
        return contexts.get(0).getEnvironment().getRequiredProperty("local.server.port");
    }

    /** Trips to Redis so far: calls of {@code EVALSHA} and {@code EVAL}, on all nodes, whoever made them. */
    long trips() {
        RedisCallback<Properties> statistics = connection ->
                Objects.requireNonNull(connection.serverCommands().info("commandstats"), "Redis gave no statistics");
        StringRedisTemplate redis = contexts.get(0).getBean(StringRedisTemplate.class);
        return CommandStatistics.calls(
                Objects.requireNonNull(redis.execute(statistics), "Redis gave no statistics"), "eval", "evalsha");
    }

    @Override
    public void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }
}
