package io.github.reverseratelimiter.benchmarks.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to measure, how much, and where the results go.
 *
 * @param only parts of titles of cells; one of them is enough
 * @param limiters parts of titles of limiters; one of them is enough, and the yardstick always runs
 * @param page into which the tables are put too, whatever is measured; none given is {@link #PAGE} for all, and no page for a part
 */
record Options(
        Effort effort,
        Path directory,
        String only,
        String limiters,
        @Nullable Path page) {

    /** Seen from the module, in which the build starts this. */
    static final Path PAGE = Path.of("..", "docs", "benchmarks.md");

    private static final Options SHORT = new Options(Effort.SHORT, Path.of("target", "load"), "", "", null);

    static Options of(String... args) {
        Options options = SHORT;
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            options = options.with(arg, parts[0], parts.length == 2 ? parts[1] : "");
        }
        return options;
    }

    private Options with(String arg, String name, String value) {
        return switch (name) {
            case "seconds" ->
                effort(new Effort(
                        effort.rounds(),
                        Duration.ofMillis(Math.round(Double.parseDouble(value) * 1_000)),
                        effort.waiting()));
            case "rounds" -> effort(new Effort(Integer.parseInt(value), effort.round(), effort.waiting()));
            case "waiting" ->
                effort(new Effort(effort.rounds(), effort.round(), Duration.ofSeconds(Long.parseLong(value))));
            case "directory" -> new Options(effort, Path.of(value), only, limiters, page);
            case "only" -> new Options(effort, directory, value, limiters, page);
            case "limiters" -> new Options(effort, directory, only, value, page);
            case "page" -> new Options(effort, directory, only, limiters, Path.of(value));
            case "" -> this;
            default ->
                throw new IllegalArgumentException("unknown option " + arg
                        + ": give seconds=0.3, rounds=5, waiting=4, only=async+denied, limiters=ours+Redisson,"
                        + " directory=target/load, page=../docs/benchmarks.md");
        };
    }

    private Options effort(Effort other) {
        return new Options(other, directory, only, limiters, page);
    }

    /** The page to be written: a part of the figures does not take the place of all of them unless it is told to. */
    Optional<Path> rendered() {
        boolean all = only.isEmpty() && limiters.isEmpty();
        return page == null && all ? Optional.of(PAGE) : Optional.ofNullable(page);
    }

    /** Whether a title is among those to be measured, blanks apart. */
    boolean wants(String title) {
        return has(title, only);
    }

    List<Contender> wanted(List<Contender> all) {
        return all.stream()
                .filter(contender -> contender.title().equals(Contender.TRIVIAL) || has(contender.title(), limiters))
                .toList();
    }

    private static boolean has(String title, String parts) {
        String packed = title.replace(" ", "");
        return Arrays.stream(parts.split("\\+")).anyMatch(part -> packed.contains(part.replace(" ", "")));
    }

    /** How long it will take, about. */
    Duration expected() {
        List<Contender> contenders = wanted(Contenders.all());
        long inCells = Cell.ALL.stream()
                .filter(cell -> wants(cell.title()) && cell.callers().exist())
                .mapToLong(cell -> among(contenders, cell))
                .sum();
        long works = inCells * (effort.rounds() + Effort.WARM_UP)
                + among(contenders, Cell.EIGHT) * (Effort.WARM_UP + LoadFigures.WARM_UP);
        Duration rounds = effort.round().plusMillis(60).multipliedBy(works);
        Duration waits = wants(LoadFigures.WAITING)
                ? effort.waiting()
                        .plusSeconds(2)
                        .multipliedBy((long) effort.waits()
                                * wanted(Contenders.waiting()).size())
                : Duration.ZERO;
        return rounds.plus(waits).plusSeconds(40);
    }

    private static long among(List<Contender> contenders, Cell cell) {
        return contenders.stream()
                .filter(contender -> contender.cells().test(cell))
                .count();
    }
}
