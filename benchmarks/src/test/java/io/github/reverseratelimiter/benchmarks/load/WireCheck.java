package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Whether the long wire is what limits the calls behind it: the yardstick, with more in flight than any cell has. */
final class WireCheck {

    private static final Callers.InFlight MANY = new Callers.InFlight(2_048);

    private final Redis redis;
    private final Duration time;

    WireCheck(Redis redis, Duration time) {
        this.redis = redis;
        this.time = time;
    }

    /** Reads as a sentence. */
    String measure() throws IOException, InterruptedException {
        double direct = callsPerSecond(redis.uri());
        try (Wire near = Wire.to(redis.uri().getPort(), Duration.ZERO);
                Wire far = Wire.to(redis.uri().getPort(), Wire.HALF_A_MILLISECOND)) {
            return String.format(
                    Locale.ROOT,
                    "the wire itself: 2,048 trivial calls in flight make %,.0f calls/s without it, %,.0f over one without"
                            + " delay, %,.0f over the one of 1 ms there and back",
                    direct,
                    callsPerSecond(RedisURI.create("127.0.0.1", near.port())),
                    callsPerSecond(RedisURI.create("127.0.0.1", far.port())));
        }
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
