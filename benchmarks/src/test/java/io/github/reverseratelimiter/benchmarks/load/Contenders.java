package io.github.reverseratelimiter.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** All limiters that are compared: ours in all its ways, what one would write oneself, and what people use today. */
final class Contenders {

    private static final Predicate<Cell> EVERYWHERE = cell -> true;

    private Contenders() {}

    /** In the cells; the yardstick first. */
    static List<Contender> all() {
        return List.of(
                Contender.scripting(Contender.TRIVIAL, EVERYWHERE, Bare::trivial),
                new Contender("INCR", granted(), commands -> commands.getOrDefault("incr", 0L), Bare::incr),
                zset(),
                ours(),
                Contender.scripting("ours, Spring Data", EVERYWHERE, Ours::springData),
                annotated(),
                bucket4j("Bucket4j", Bucket4jGate::plain),
                bucket4j("Bucket4j, batching", Bucket4jGate::batching),
                redisson(),
                gateway(),
                local(Promise.IN_MEMORY, Ours::inMemory),
                local("Resilience4j (local)", LocalGate::resilience4j),
                local(Promise.GUAVA, LocalGate::guava));
    }

    /** Where callers wait. */
    static List<Contender> waiting() {
        return List.of(
                zset(),
                ours(),
                Contender.scripting(Promise.EVEN, EVERYWHERE, Ours::even),
                annotated(),
                bucket4j("Bucket4j", Bucket4jGate::plain),
                bucket4j("Bucket4j, batching", Bucket4jGate::batching),
                redisson(),
                gateway());
    }

    /** Where memory is compared: those that keep something for an account. */
    static List<Contender> keeping() {
        return List.of(zset(), ours(), bucket4j("Bucket4j", Bucket4jGate::plain), redisson(), gateway());
    }

    private static Contender zset() {
        return Contender.scripting("plain ZSET script", EVERYWHERE, Bare::zset);
    }

    private static Contender ours() {
        return Contender.scripting(Promise.OURS, EVERYWHERE, Ours::lettuce);
    }

    private static Contender annotated() {
        return Contender.scripting("ours, annotated", EVERYWHERE, Annotated::new);
    }

    private static Contender redisson() {
        return Contender.scripting("Redisson", EVERYWHERE, RedissonGate::new);
    }

    private static Contender gateway() {
        return Contender.scripting("Spring Cloud Gateway", EVERYWHERE, GatewayGate::new);
    }

    private static Contender bucket4j(String title, Function<Site, Gate> opening) {
        return new Contender(title, EVERYWHERE, Contenders::gets, opening);
    }

    /** GET, and a script that compares and sets, which the server counts as a GET too. */
    private static long gets(Map<String, Long> commands) {
        return commands.getOrDefault("get", 0L);
    }

    private static Contender local(String title, Function<Site, Gate> opening) {
        Predicate<Cell> near = cell -> !cell.isAsync() && !cell.isFar() && cell.accounts() == 1;
        return new Contender(title, near, commands -> 0, opening);
    }

    private static Predicate<Cell> granted() {
        return cell -> cell.outcome() == Cell.Outcome.GRANTED;
    }
}
