package io.github.reverseratelimiter.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All limiters that are compared: ours in all its ways, what one would write oneself, and what people use today. */
final class Contenders {

    private Contenders() {}

    /** In the cells; the yardstick first. */
    static List<Contender> all() {
        return List.of(
                Contender.scripting(Contender.TRIVIAL, Contenders::everywhere, Bare::trivial),
                new Contender("INCR", Contenders::granted, commands -> commands.getOrDefault("incr", 0L), Bare::incr),
                zset(),
                ours(),
                Contender.scripting("ours, Spring Data", Contenders::everywhere, Ours::springData),
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
                Contender.scripting(Promise.EVEN, Contenders::everywhere, Ours::even),
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
        return Contender.scripting("plain ZSET script", Contenders::everywhere, Bare::zset);
    }

    private static Contender ours() {
        return Contender.scripting(Promise.OURS, Contenders::everywhere, Ours::lettuce);
    }

    private static Contender annotated() {
        return Contender.scripting("ours, annotated", Contenders::everywhere, Annotated::new);
    }

    private static Contender redisson() {
        return Contender.scripting("Redisson", Contenders::everywhere, RedissonGate::new);
    }

    private static Contender gateway() {
        return Contender.scripting("Spring Cloud Gateway", Contenders::everywhere, GatewayGate::new);
    }

    private static Contender bucket4j(String title, Function<Site, Gate> opening) {
        return new Contender(title, Contenders::everywhere, Contenders::gets, opening);
    }

    /** GET, and a script that compares and sets, which the server counts as a GET too. */
    private static long gets(Map<String, Long> commands) {
        return commands.getOrDefault("get", 0L);
    }

    private static Contender local(String title, Function<Site, Gate> opening) {
        return new Contender(title, Contenders::near, commands -> 0, opening);
    }

    private static boolean everywhere(Cell cell) {
        return true;
    }

    private static boolean granted(Cell cell) {
        return cell.outcome() == Cell.Outcome.GRANTED;
    }

    private static boolean near(Cell cell) {
        return !cell.isAsync() && !cell.isFar() && cell.accounts() == 1;
    }
}
