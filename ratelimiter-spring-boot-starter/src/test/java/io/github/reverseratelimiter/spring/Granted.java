package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.redis.OwnRedis;
import java.nio.charset.StandardCharsets;

/** How many credits of a key were ever granted, as its state says. Callers share trips, so those do not tell. */
public final class Granted {

    /** Where it stands in a state of one window: see {@code credits.lua}. */
    private static final int TOTAL_FROM = 146;

    private static final int TOTAL_TO = 151;

    private Granted() {}

    public static long of(OwnRedis redis, String key) {
        byte[] total = redis.commands().getrange(key.getBytes(StandardCharsets.UTF_8), TOTAL_FROM, TOTAL_TO);
        long sum = 0;
        for (int i = total.length - 1; i >= 0; i--) {
            sum = (sum << 8) | (total[i] & 0xff);
        }
        return sum;
    }
}
