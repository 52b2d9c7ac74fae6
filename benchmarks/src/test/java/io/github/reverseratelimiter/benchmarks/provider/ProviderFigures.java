package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures what providers see of this library and of its peers, and prints it as tables; the tables and plots are written into a
 * directory too. {@code docs/at-the-provider.md} says how to start it.
 */
final class ProviderFigures {

    private ProviderFigures() {}

    /** What to run of the matrix, how long, and where the results go. */
    private record Options(Duration time, Path directory, String only) {

        /** Whether the scenario's title has all the parts, blanks apart. */
        boolean wants(Scenario scenario) {
            String title = scenario.toString().replace(" ", "");
            return Arrays.stream(only.split(",")).allMatch(title::contains);
        }

        static Options of(String[] args) {
            Options options = new Options(Duration.ofSeconds(20), Path.of("target", "provider"), "");
            for (String arg : args) {
                String[] parts = arg.split("=", 2);
                String value = parts.length == 2 ? parts[1] : "";
                options = switch (parts[0]) {
                    case "seconds" ->
                        new Options(Duration.ofSeconds(Long.parseLong(value)), options.directory, options.only);
                    case "directory" -> new Options(options.time, Path.of(value), options.only);
                    case "only" -> new Options(options.time, options.directory, value);
                    case "" -> options;
                    default ->
                        throw new IllegalArgumentException("unknown option " + arg
                                + ": give seconds=20, directory=target/provider, only=sliding,50/1s");
                };
            }
            return options;
        }
    }

    /** Measures and prints it all. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.of(args);
        PrintStream out = System.out;
        Rounds rounds = Rounds.lasting(options.time());
        List<Scenario> scenarios =
                Matrix.scenarios().stream().filter(options::wants).toList();
        out.printf(
                Locale.ROOT, "about %d minutes%n", expected(scenarios, rounds).toMinutes() + 1);
        List<Row> rows = new ArrayList<>();
        double before = load();
        String redisVersion;
        try (Redis redis = Redis.open()) {
            redisVersion = redis.version();
            Measurement measurement = new Measurement(redis, rounds);
            warmUp(redis);
            for (int i = 0; i < scenarios.size(); i++) {
                Scenario scenario = scenarios.get(i);
                out.printf(Locale.ROOT, "%d of %d: %s%n", i + 1, scenarios.size(), scenario);
                for (Subject subject : subjects(scenario)) {
                    Row row = measurement.measure(scenario, subject);
                    rows.add(row);
                    out.printf(
                            Locale.ROOT,
                            "    %-26s refused %s, share of the best %s%s%n",
                            subject.title(),
                            Text.percent(row.tally().refusedShare()),
                            Text.percent(row.shareOfBest()),
                            row.failures().isEmpty()
                                    ? ""
                                    : ", failures: " + row.failures().get(0));
                }
                Report.write(options.directory(), head(options, redisVersion, before), rows);
            }
        }
        out.println();
        out.println(head(options, redisVersion, before));
        out.println();
        out.println(Report.markdown(rows));
        out.println("written to " + options.directory().toAbsolutePath());
    }

    /** Ours and theirs. */
    static List<Subject> subjects(Scenario scenario) {
        List<Subject> subjects = new ArrayList<>(Ours.subjects(scenario));
        subjects.addAll(Peers.subjects());
        return subjects;
    }

    /** So that the first row is not the one in which the JVM compiles. */
    private static void warmUp(Redis redis) throws IOException, InterruptedException {
        Measurement measurement = new Measurement(redis, Rounds.lasting(Duration.ofSeconds(1)));
        Scenario scenario = new Scenario(Kind.SLIDING_WINDOW, Matrix.FIFTY, Delay.NONE);
        for (Subject subject : subjects(scenario)) {
            measurement.measure(scenario, subject);
        }
    }

    private static Duration expected(List<Scenario> scenarios, Rounds rounds) {
        return scenarios.stream()
                .map(scenario -> rounds.expected(scenario)
                        .multipliedBy(subjects(scenario).size()))
                .reduce(Duration.ofSeconds(40), Duration::plus);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String head(Options options, String redisVersion, double before) {
        return String.format(
                Locale.ROOT,
                "4 instances x 4 threads, %d s a row (three windows where that is longer), %d processors, load average %.1f at"
                        + " the beginning and %.1f at the end, Java %s, Redis %s.",
                options.time().toSeconds(),
                Runtime.getRuntime().availableProcessors(),
                before,
                load(),
                Runtime.version(),
                redisVersion);
    }
}
