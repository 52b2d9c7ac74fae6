package io.github.reverseratelimiter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The scripts that ours is held against. */
enum Yardstick {
    /** Does nothing. */
    TRIVIAL("nothing", "layout/trivial.lua"),
    /** The least that a sliding window in a sorted set can do; knows one window only. */
    BAREST_ZSET("barest ZSET", "barest-zset.lua"),
    /** The sliding window as it is usually written: answers whether, how many remain, and when. */
    PLAIN_ZSET("plain ZSET", "layout/plain-zset.lua");

    private final String title;
    private final String resource;

    Yardstick(String title, String resource) {
        this.title = title;
        this.resource = resource;
    }

    String title() {
        return title;
    }

    String script() {
        try (InputStream in = Yardstick.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a reply of numbers is a grant. */
    boolean granted(List<Object> reply) {
        return switch (this) {
            case TRIVIAL -> true;
            case BAREST_ZSET -> (Long) reply.get(0) >= 0;
            case PLAIN_ZSET -> (Long) reply.get(1) == 0;
        };
    }
}
