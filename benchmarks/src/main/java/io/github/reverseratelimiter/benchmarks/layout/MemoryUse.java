package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** {@code MEMORY USAGE} of a window used to the full, and of a large one of which a single credit is used. */
final class MemoryUse {

    private static final int[] LIMITS = {1, 5, 10, 100, 1_000, 4_000, 100_000, 1_000_000};

    private final Redis redis;
    private final PrintStream out;

    MemoryUse(Redis redis, PrintStream out) {
        this.redis = redis;
        this.out = out;
    }

    Table measure() {
        List<String> header = new ArrayList<>(List.of("credits used"));
        for (Layout layout : Layout.values()) {
            if (layout != Layout.TRIVIAL) {
                header.add(layout.title());
            }
        }
        Table table = new Table(header);
        add(table, "1 of 1000", 1_000, 1);
        for (int limit : LIMITS) {
            add(table, limit + " of " + limit, limit, limit);
        }
        return table;
    }

    private void add(Table table, String title, int limit, int used) {
        List<String> cells = new ArrayList<>(List.of(title));
        for (Layout layout : Layout.values()) {
            if (layout != Layout.TRIVIAL) {
                cells.add(Long.toString(measure(layout, limit, used)));
            }
        }
        table.add(cells);
        out.println("  memory  " + String.join("  ", cells));
    }

    private long measure(Layout layout, int limit, int used) {
        Window window = Window.of(limit, 86_400);
        Subject subject = new Subject(redis, layout, "memory", List.of(window));
        subject.forget();
        int credits = layout.isCandidate() && used > 1 ? window.creditsInSlot() : 1;
        for (int taken = 0; taken < used; taken += credits) {
            subject.pass(window.span() / limit * credits / 2);
            subject.takeSoon(credits, 0);
        }
        subject.flush();
        long bytes = subject.memory();
        subject.forget();
        return bytes;
    }
}
