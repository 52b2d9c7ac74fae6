package io.github.reverseratelimiter.benchmarks;

/** The sliding window as it is usually written: exact and on the server's clock; answers 0, or microseconds until it is worth to ask again. */
public final class PlainZsetScript {

    /** Of a key, the limit, the window in microseconds and a member that nobody else has. */
    public static final String BODY = """
            local clock = redis.call('TIME')
            local now = clock[1] * 1000000 + clock[2]
            local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
            if redis.call('ZCARD', KEYS[1]) < limit then
              redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
              redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
              return 0
            end
            local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
            return oldest[2] + window - now
            """;

    private PlainZsetScript() {}
}
