package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.sample.provider.Provider;
import io.github.reverseratelimiter.time.TimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run: a provider, instances that call it, and the load. */
final class Stage implements AutoCloseable {

    private final Scenario scenario;
    private final SampleRedis redis;
    private final Provider provider;
    private final Instances instances;
    private final Load load;

    private Stage(Scenario scenario, SampleRedis redis, Provider provider, Instances instances) {
        this.scenario = scenario;
        this.redis = redis;
        this.provider = provider;
        this.instances = instances;
        this.load = new Load(scenario.options(), instances.ways(), TimeSource.system());
    }

    /** Starts provider and instances. */
    static Stage start(Scenario scenario, SampleRedis redis, String... args) {
        Provider provider =
                Provider.start(scenario.options().quota(), scenario.options().answerTime(), TimeSource.system());
        try {
            Map<String, Object> properties = new HashMap<>(redis.properties());
            properties.put("github.url", provider.url());
            properties.put("reverse-rate-limiter.enabled", scenario.limited());
            return new Stage(scenario, redis, provider, Instances.start(scenario.options(), properties, args));
        } catch (RuntimeException e) {
            provider.close();
            throw e;
        }
    }

    /** Runs the load to its end. */
    Figures run(Console console) throws InterruptedException {
        SampleOptions options = scenario.options();
        console.begins(scenario, provider.url(), redis);
        load.warmUp();
        instances.lineUp(options);
        long before = instances.trips();
        List<CallerTally> callers =
                load.run(second -> console.progress(second, provider.tally(options.account()), options));
        long trips = instances.trips() - before;
        return new Figures(scenario, provider.tally(options.account()), callers, trips);
    }

    /** Port on which the first instance serves. */
    String port() {
        return instances.port();
    }

    @Override
    public void close() {
        load.close();
        instances.close();
        provider.close();
    }
}
