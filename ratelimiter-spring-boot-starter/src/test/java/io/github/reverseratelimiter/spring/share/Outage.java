package io.github.reverseratelimiter.spring.share;

import io.github.reverseratelimiter.redis.FragileRedis;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What happens to a Redis, and what it knows when it is back. */
@SuppressWarnings("ImmutableEnumChecker")
enum Outage {
    KILLED_AND_FORGETS(FragileRedis::kill, FragileRedis::restart),
    KILLED_AND_REMEMBERS(FragileRedis::kill, FragileRedis::restart, "appendonly yes", "appendfsync always"),
    FROZEN(FragileRedis::freeze, FragileRedis::thaw);

    private final Consumer<FragileRedis> begin;
    private final Consumer<FragileRedis> end;
    private final List<String> settings;

    Outage(Consumer<FragileRedis> begin, Consumer<FragileRedis> end, String... settings) {
        this.begin = begin;
        this.end = end;
        this.settings = List.of(settings);
    }

    /** A Redis to which this can happen. */
    FragileRedis redis(Path directory) {
        return FragileRedis.start(
                Stream.concat(settings.stream(), Stream.of("dir " + directory)).toArray(String[]::new));
    }

    void begin(FragileRedis redis) {
        begin.accept(redis);
    }

    void end(FragileRedis redis) {
        end.accept(redis);
    }
}
