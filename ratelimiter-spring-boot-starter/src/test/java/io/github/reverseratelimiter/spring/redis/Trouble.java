package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import java.util.function.BiConsumer;

/** What happens to Redis, and how it ends. The limiter reaches it through a proxy. */
@SuppressWarnings("ImmutableEnumChecker")
enum Trouble {
    REFUSED_AT_THE_START(true, (redis, proxy) -> proxy.refuse(), (redis, proxy) -> proxy.listen()),
    KILLED(false, (redis, proxy) -> redis.kill(), (redis, proxy) -> redis.restart()),
    FROZEN_AT_THE_START(true, (redis, proxy) -> redis.freeze(), (redis, proxy) -> redis.thaw()),
    FROZEN(false, (redis, proxy) -> redis.freeze(), (redis, proxy) -> redis.thaw()),
    BLACK_HOLE_AT_THE_START(
            true,
            (redis, proxy) -> proxy.fault(Proxy.Fault.LOSE_REQUESTS),
            (redis, proxy) -> proxy.fault(Proxy.Fault.NONE)),
    BLACK_HOLE(
            false,
            (redis, proxy) -> proxy.fault(Proxy.Fault.LOSE_REQUESTS),
            (redis, proxy) -> proxy.fault(Proxy.Fault.NONE)),
    STALLED(false, (redis, proxy) -> proxy.fault(Proxy.Fault.STALL), (redis, proxy) -> proxy.fault(Proxy.Fault.NONE)),
    CUT_AND_REFUSED(
            false,
            (redis, proxy) -> {
                proxy.refuse();
                proxy.cut(Proxy.Cut.RST);
            },
            (redis, proxy) -> proxy.listen()),
    ASLEEP(false, (redis, proxy) -> redis.send("DEBUG SLEEP 5"), (redis, proxy) -> redis.awaitAnswer("PING", "PONG")),
    BUSY(false, (redis, proxy) -> redis.send("EVAL \"while true do end\" 0"), (redis, proxy) -> {
        redis.awaitAnswer("SCRIPT KILL", "OK|NOTBUSY");
        redis.awaitAnswer("PING", "PONG");
    }),
    PAUSED(
            false,
            (redis, proxy) -> redis.send("CLIENT PAUSE 5000"),
            (redis, proxy) -> redis.awaitAnswer("PING", "PONG"));

    /** Whether it begins before the limiter was ever connected. */
    final boolean first;

    private final BiConsumer<FragileRedis, Proxy> begin;
    private final BiConsumer<FragileRedis, Proxy> end;

    Trouble(boolean first, BiConsumer<FragileRedis, Proxy> begin, BiConsumer<FragileRedis, Proxy> end) {
        this.first = first;
        this.begin = begin;
        this.end = end;
    }

    void begin(FragileRedis redis, Proxy proxy) {
        begin.accept(redis, proxy);
    }

    void end(FragileRedis redis, Proxy proxy) {
        end.accept(redis, proxy);
    }
}
