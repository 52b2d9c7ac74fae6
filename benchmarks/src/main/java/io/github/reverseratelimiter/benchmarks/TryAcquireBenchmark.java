package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One {@code tryAcquire} under a limit that one thread does not exhaust, and the trivial EVALSHA it is held against. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // connect() is run first
public class TryAcquireBenchmark {

    private Redis redis;
    private Way springData;
    private Way lettuce;
    private ReverseRateLimiter overSpringData;
    private ReverseRateLimiter overLettuce;
    private ReverseRateLimiter inMemory;
    private BareCall trivialOverSpringData;
    private BareCall trivialOverLettuce;

    /** Starts a Redis, unless one is given, and connects to it. */
    @Setup
    public void connect() throws IOException {
        redis = Redis.open();
        springData = Way.springData(redis);
        lettuce = Way.lettuce(redis);
        overSpringData = ReverseRateLimiter.create(new RedisCreditStore(springData.executor(), "rrl:"));
        overLettuce = ReverseRateLimiter.create(new RedisCreditStore(lettuce.executor(), "rrl:"));
        inMemory = ReverseRateLimiter.create(new InMemoryCreditStore());
        trivialOverSpringData = BareCall.trivial(redis, springData);
        trivialOverLettuce = BareCall.trivial(redis, lettuce);
    }

    /** Ends what was started. */
    @TearDown
    public void disconnect() throws IOException {
        inMemory.close();
        springData.close();
        lettuce.close();
        redis.close();
    }

    /** As the starter does it. */
    @Benchmark
    public Acquisition redisOverSpringData() {
        return overSpringData.tryAcquire("acme", Latency.LARGE);
    }

    /** With nothing between the library and Lettuce. */
    @Benchmark
    public Acquisition redisOverLettuce() {
        return overLettuce.tryAcquire("acme", Latency.LARGE);
    }

    /** Without any Redis. Beyond the limit it is denied, which takes as long. */
    @Benchmark
    public Acquisition inMemory() {
        return inMemory.tryAcquire("acme", Latency.LARGE);
    }

    /** The floor, on the connection that Spring Data shares. */
    @Benchmark
    public boolean trivialEvalshaOverSpringData() {
        return trivialOverSpringData.call();
    }

    /** The floor, on a connection of Lettuce. */
    @Benchmark
    public boolean trivialEvalshaOverLettuce() {
        return trivialOverLettuce.call();
    }
}
