package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Shows, before anything is measured, that each candidate answers as the model does: seeded random takes and refunds. */
final class Agreement {

    private static final long SEED = 20_261_123;
    private static final List<List<Window>> LIMITS = List.of(
            List.of(Window.of(1, 1)),
            List.of(Window.of(5, 1)),
            List.of(Window.of(60, 10)),
            List.of(Window.of(300, 10)),
            List.of(Window.of(5, 1), Window.of(30, 10)),
            List.of(Window.of(7, 1), Window.of(12, 5), Window.of(100, 60)));

    private final Redis redis;
    private final int operations;

    Agreement(Redis redis, int operations) {
        this.redis = redis;
        this.operations = operations;
    }

    /** Returns the number of operations compared. */
    int check(Layout layout) {
        for (List<Window> windows : LIMITS) {
            check(layout, windows);
        }
        return operations * LIMITS.size();
    }

    private void check(Layout layout, List<Window> windows) {
        Random random = new Random(SEED);
        Subject subject = new Subject(redis, layout, "agreement", windows);
        subject.forget();
        Model model = new Model(windows);
        List<Long> granted = new ArrayList<>();
        Window window = windows.get(windows.size() - 1);
        int most = windows.stream().mapToInt(Window::limit).min().orElseThrow();
        for (int i = 0; i < operations; i++) {
            long pace = window.span() / window.limit();
            int kind = random.nextInt(100);
            subject.pass(kind < 2 ? window.span() : (long) (random.nextDouble() * 2 * pace));
            if (kind < 15 && !granted.isEmpty()) {
                long at = granted.remove(granted.size() - 1 - random.nextInt(Math.min(granted.size(), 10)));
                // a time that left the rings is known to some layouts and not to others
                if (at > subject.now()) {
                    same(layout, windows, i, List.of(model.refund(at)), List.of(subject.refund(at)));
                }
                continue;
            }
            int credits = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(most);
            long maxWait = random.nextInt(3) == 0 ? 0 : (long) (random.nextDouble() * window.span());
            List<Long> expected = model.take(subject.now(), credits, maxWait);
            List<Long> reply = subject.take(credits, maxWait);
            same(layout, windows, i, expected, reply.subList(1, 5));
            if (expected.get(0) == 0) {
                granted.add(expected.get(1));
            }
        }
    }

    private static void same(Layout layout, List<Window> windows, int step, List<Long> expected, List<Long> actual) {
        if (!expected.equals(actual)) {
            throw new IllegalStateException(layout.title() + " " + windows + ", seed " + SEED + ", step " + step
                    + ": expected " + expected + " but was " + actual);
        }
    }
}
