package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Time of a refund from the middle of a line of waiters half as long as the limit. */
final class RefundTimes {

    private static final int[] LIMITS = {5, 100, 1_000, 4_000};

    private final Redis redis;
    private final PrintStream out;
    private final int rounds;

    RefundTimes(Redis redis, PrintStream out, int rounds) {
        this.redis = redis;
        this.out = out;
        this.rounds = rounds;
    }

    Table measure() {
        List<Layout> candidates = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("limit"));
        for (Layout layout : Layout.values()) {
            if (layout.isCandidate()) {
                candidates.add(layout);
                header.add(layout.title());
            }
        }
        Table table = new Table(header);
        for (int limit : LIMITS) {
            double[][] micros = new double[candidates.size()][rounds];
            double[] commands = new double[candidates.size()];
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < candidates.size(); i++) {
                    Redis.Usage usage = refund(candidates.get(i), limit);
                    micros[i][round] = usage.microsPerScript();
                    commands[i] = usage.callsPerScript();
                }
            }
            List<String> cells = new ArrayList<>(List.of(Integer.toString(limit)));
            for (int i = 0; i < candidates.size(); i++) {
                cells.add(Table.decimal(Table.median(micros[i])) + " (" + Table.decimal(commands[i]) + ")");
            }
            table.add(cells);
            out.println("  refund  " + String.join("  ", cells));
        }
        return table;
    }

    /** The waiters in the middle of the line give up, one after the other, each by the time it was told. */
    private Redis.Usage refund(Layout layout, int limit) {
        List<Window> windows = List.of(Window.of(limit, 3_600));
        Subject subject = new Subject(redis, layout, "refunds", windows);
        long micros = 0;
        long calls = 0;
        long scripts = 0;
        while (scripts < 100) {
            Situation.LINE.prepare(subject);
            long span = windows.get(0).span();
            long pace = span / limit;
            long last = subject.now() + pace * (limit / 2 + 1);
            int quarter = Math.max(1, limit / 4);
            redis.resetCounters();
            for (int i = 0; i < Math.min(quarter, 100); i++) {
                long at = last - pace * (quarter - i + 1);
                scripts += subject.refund(at);
            }
            Redis.Usage usage = redis.usage();
            micros += usage.micros();
            calls += usage.calls();
        }
        subject.forget();
        return new Redis.Usage(scripts, micros, calls);
    }
}
