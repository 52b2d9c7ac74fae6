package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Whether the long wire is what limits the calls behind it: the yardstick, with more in flight than any cell has. */
final class WireCheck {

    private static final Callers.InFlight MANY = new Callers.InFlight(Wire.IN_FLIGHT);

    private final Redis redis;
    private final Duration time;

    WireCheck(Redis redis, Duration time) {
        this.redis = redis;
        this.time = time;
    }

    List<Wire.Speed> measure() throws IOException, InterruptedException {
        double direct = callsPerSecond(redis.uri());
        try (Wire near = Wire.to(redis.uri().getPort(), Duration.ZERO);
                Wire far = Wire.to(redis.uri().getPort(), Wire.HALF_A_MILLISECOND)) {
            return List.of(
                    new Wire.Speed("without it", direct),
                    new Wire.Speed("over one without delay", callsPerSecond(over(near))),
                    new Wire.Speed("over the one of 1 ms there and back", callsPerSecond(over(far))));
        }
    }

    private static RedisURI over(Wire wire) {
        return RedisURI.create("127.0.0.1", wire.port());
    }

    private double callsPerSecond(RedisURI uri) throws InterruptedException {
        try (Gate gate = Bare.trivial(new Site(uri, Cell.FAR.limit(), 1));
                Crew crew = MANY.hire()) {
            crew.work(gate, 1, time);
            Crew.Tally tally = crew.work(gate, 1, time);
            return tally.calls() / tally.seconds();
        }
    }
}
