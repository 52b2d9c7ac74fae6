package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One key in one layout, with a clock of its own: time passes only when it is told so. */
final class Subject {

    private static final long START = 1_800_000_000_000_000L;
    /** Longer than any line. */
    static final long FOREVER = 1_000_000_000_000_000L;

    private static final int BATCH = 500;

    private final Redis redis;
    private final Layout layout;
    private final List<Window> windows;
    private final String[] keys;
    private final String take;
    private final String refund;
    private final List<String[]> pending = new ArrayList<>();
    private long now = START;
    private int identity;

    Subject(Redis redis, Layout layout, String name, List<Window> windows) {
        this.redis = redis;
        this.layout = layout;
        this.windows = windows;
        this.keys = layout.keys(name + ":" + layout, windows.size());
        this.take = redis.load(layout.takeScript());
        this.refund = layout.isCandidate() ? redis.load(layout.refundScript()) : "";
    }

    Layout layout() {
        return layout;
    }

    List<Window> windows() {
        return windows;
    }

    long now() {
        return now;
    }

    void pass(long micros) {
        now += micros;
    }

    void forget() {
        redis.delete(keys);
        now = START;
    }

    List<Long> take(int credits, long maxWait) {
        return redis.run(take, keys, takeArguments(credits, maxWait));
    }

    long refund(long at) {
        List<String> args = new ArrayList<>(List.of(Long.toString(at)));
        addWindows(args);
        String[] arguments = args.toArray(String[]::new);
        return layout.isCandidate() ? redis.runForNumber(refund, keys, arguments) : 0;
    }

    /** As take, but sent with others; the reply is not looked at. */
    void takeSoon(int credits, long maxWait) {
        pending.add(takeArguments(credits, maxWait));
        if (pending.size() == BATCH) {
            flush();
        }
    }

    void flush() {
        redis.runAll(take, keys, pending);
        pending.clear();
    }

    long memory() {
        return redis.memory(keys);
    }

    private String[] takeArguments(int credits, long maxWait) {
        identity = identity % 999_999 + 1;
        List<String> args = new ArrayList<>();
        args.add(Long.toString(now));
        args.add(Integer.toString(credits));
        args.add(Long.toString(maxWait));
        args.add(String.format(Locale.ROOT, "%06d", identity));
        addWindows(args);
        return args.toArray(String[]::new);
    }

    private void addWindows(List<String> args) {
        for (Window window : windows) {
            args.add(Integer.toString(window.limit()));
            args.add(Long.toString(window.span()));
        }
    }
}
