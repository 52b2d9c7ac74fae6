package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.RateLimit;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Time of a script on the server, and the commands inside it: ours and the yardsticks in each situation, in rounds, all in
 * turn. Time is handed in, so that a window of a day is used up in a second; every script asks for the time all the same.
 */
final class ScriptTimes {

    static final double MOST = 1.0;

    static final List<List<RateLimit>> LIMITS = List.of(
            List.of(limit(5, 1)),
            List.of(limit(50, 1)),
            List.of(limit(100, 10)),
            List.of(limit(1_000, 3_600)),
            List.of(limit(4_000, 3_600)),
            List.of(limit(100_000, 86_400)),
            List.of(limit(5, 1), limit(1_000, 3_600)));

    private static final List<String> HEADER = List.of(
            "limits",
            "situation",
            "nothing",
            "barest ZSET",
            "plain ZSET",
            "ours",
            "commands: plain, ours",
            "ours to barest",
            "**ours to plain**",
            "goal");

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

    /** One script in one situation: microseconds, and commands inside. */
    record Measured(Samples micros, double commands) {}

    /** All scripts in one situation; the barest one knows one window only, else it is measured as nothing. */
    record Row(
            List<RateLimit> limits,
            Situation situation,
            Measured nothing,
            Measured barest,
            Measured plain,
            Measured ours) {

        double ratio() {
            return ours.micros.over(plain.micros).median();
        }

        Goal goal() {
            return new Goal(ratio(), MOST);
        }

        private List<String> cells() {
            boolean one = limits.size() == 1;
            return List.of(
                    name(limits),
                    situation.title(),
                    nothing.micros.toString(),
                    one ? barest.micros.toString() : "",
                    plain.micros.toString(),
                    ours.micros.toString(),
                    Table.decimal(plain.commands) + ", " + Table.decimal(ours.commands),
                    one ? number(ours.micros.over(barest.micros).median()) : "",
                    "**" + number(ratio()) + "**",
                    one ? goal().toString() : "none");
        }
    }

    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        try (Pipeline pipeline = new Pipeline(redis)) {
            for (List<RateLimit> limits : LIMITS) {
                for (Situation situation : Situation.values()) {
                    Row row = measure(pipeline, limits, situation);
                    rows.add(row);
                    out.println("  script time: " + String.join("  ", row.cells()));
                }
            }
        }
        return rows;
    }

    static Table table(List<Row> rows) {
        Table table = new Table(HEADER);
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }

    private Row measure(Pipeline pipeline, List<RateLimit> limits, Situation situation) {
        List<Subject> subjects = new ArrayList<>();
        for (Yardstick yardstick : Yardstick.values()) {
            boolean knows = yardstick != Yardstick.BAREST_ZSET || limits.size() == 1;
            subjects.add(new ScriptSubject(redis, pipeline, knows ? yardstick : Yardstick.TRIVIAL, limits));
        }
        subjects.add(new StoreSubject(redis, pipeline, limits));
        // A key lives about as long as its window, in real time: what does not outlive the rounds is prepared for each.
        boolean shortLived = Situation.slowest(limits).window().compareTo(Duration.ofMinutes(10)) < 0;
        List<Samples> micros =
                subjects.stream().map(subject -> new Samples(rounds)).collect(Collectors.toList());
        double[] commands = new double[subjects.size()];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < subjects.size(); i++) {
                if (shortLived || round == 0) {
                    situation.prepare(subjects.get(i), limits);
                }
                redis.resetCounters();
                situation.run(subjects.get(i), limits, calls);
                Redis.Usage usage = redis.usage();
                micros.get(i).set(round, usage.microsPerScript());
                commands[i] = usage.callsPerScript();
            }
        }
        subjects.forEach(Subject::forget);
        List<Measured> measured = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            measured.add(new Measured(micros.get(i), commands[i]));
        }
        return new Row(limits, situation, measured.get(0), measured.get(1), measured.get(2), measured.get(3));
    }

    private static RateLimit limit(int limit, long seconds) {
        return RateLimit.of(limit, Duration.ofSeconds(seconds));
    }

    private static String name(List<RateLimit> limits) {
        return limits.stream()
                .map(limit -> limit.limit() + "/" + limit.window().toSeconds() + " s")
                .collect(Collectors.joining(" + "));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
