package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Time of a script on the server, and commands inside it: each layout in each situation, in rounds, all layouts in turn. */
final class ScriptTimes {

    private static final List<List<Window>> LIMITS = List.of(
            List.of(Window.of(5, 1)),
            List.of(Window.of(100, 60)),
            List.of(Window.of(1_000, 3_600)),
            List.of(Window.of(4_000, 3_600)),
            List.of(Window.of(100_000, 86_400)),
            List.of(Window.of(5, 1), Window.of(1_000, 3_600)));

    private final Redis redis;
    private final PrintStream out;
    private final int rounds;
    private final int calls;

    ScriptTimes(Redis redis, PrintStream out, int rounds, int calls) {
        this.redis = redis;
        this.out = out;
        this.rounds = rounds;
        this.calls = calls;
    }

    Table measure() {
        List<String> header = new ArrayList<>(List.of("limits", "situation"));
        for (Layout layout : Layout.values()) {
            header.add(layout.title());
        }
        Table table = new Table(header);
        for (List<Window> windows : LIMITS) {
            for (Situation situation : Situation.values()) {
                List<String> cells = new ArrayList<>(List.of(name(windows), situation.title()));
                cells.addAll(measure(windows, situation));
                table.add(cells);
                out.println("  " + String.join("  ", cells));
            }
        }
        return table;
    }

    private List<String> measure(List<Window> windows, Situation situation) {
        Layout[] layouts = Layout.values();
        List<Subject> subjects = new ArrayList<>();
        for (Layout layout : layouts) {
            subjects.add(new Subject(redis, layout, "times", windows));
        }
        // A key lives about as long as its window, in real time: what does not outlive the rounds is prepared for each.
        boolean shortLived = Situation.slowest(windows).span() < 600_000_000L;
        double[][] micros = new double[layouts.length][rounds];
        double[] commands = new double[layouts.length];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < layouts.length; i++) {
                Subject subject = subjects.get(i);
                if (shortLived || round == 0) {
                    situation.prepare(subject);
                }
                redis.resetCounters();
                situation.run(subject, calls);
                Redis.Usage usage = redis.usage();
                micros[i][round] = usage.microsPerScript();
                commands[i] = usage.callsPerScript();
            }
        }
        subjects.forEach(Subject::forget);
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < layouts.length; i++) {
            cells.add(Table.decimal(Table.median(micros[i])) + " (" + Table.decimal(commands[i]) + ")");
        }
        return cells;
    }

    static String name(List<Window> windows) {
        List<String> names = new ArrayList<>();
        for (Window window : windows) {
            names.add(window.limit() + "/" + window.span() / 1_000_000 + " s");
        }
        return String.join(" + ", names);
    }
}
