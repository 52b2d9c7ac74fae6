package io.github.reverseratelimiter.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * Measures what the library promises on a real Redis and prints it beside its goals, as tables in Markdown. The Redis is one of
 * our own, or the one that {@code REDIS_URI} names, which nobody else should use meanwhile.
 */
public final class Figures {

    private final List<Latency.Row> latency;
    private final List<LoneCaller.Row> loneCaller;
    private final List<ScriptTimes.Row> scriptTimes;
    private final List<MemoryUse.Row> memory;
    private final List<Trips.Row> trips;

    private Figures(
            List<Latency.Row> latency,
            List<LoneCaller.Row> loneCaller,
            List<ScriptTimes.Row> scriptTimes,
            List<MemoryUse.Row> memory,
            List<Trips.Row> trips) {
        this.latency = latency;
        this.loneCaller = loneCaller;
        this.scriptTimes = scriptTimes;
        this.memory = memory;
        this.trips = trips;
    }

    /** Measures and prints it all. */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        try (Redis redis = Redis.open()) {
            out.println("Redis " + redis.version() + ", Java " + Runtime.version() + ", "
                    + Runtime.getRuntime().availableProcessors() + " processors; a minute or two");
            out.println(measure(redis, out, Effort.FULL));
        }
    }

    /** Measures it all, telling how far it is. */
    static Figures measure(Redis redis, PrintStream out, Effort effort) {
        out.println("latency of tryAcquire ...");
        List<Latency.Row> latency = new Latency(redis, out, effort.latencyRounds(), effort.latencyCalls()).measure();
        out.println("a lone caller ...");
        List<LoneCaller.Row> loneCaller =
                new LoneCaller(redis, out, effort.latencyRounds(), effort.latencyCalls()).measure();
        out.println("trips ...");
        List<Trips.Row> trips = new Trips(redis, out, effort.trips(), effort.waiting()).measure();
        out.println("memory ...");
        List<MemoryUse.Row> memory = new MemoryUse(redis, out, effort.oneByOne(), effort.sortedSet()).measure();
        out.println("script time ...");
        List<ScriptTimes.Row> scriptTimes =
                new ScriptTimes(redis, out, effort.scriptRounds(), effort.scriptCalls()).measure();
        return new Figures(latency, loneCaller, scriptTimes, memory, trips);
    }

    List<LoneCaller.Row> loneCaller() {
        return loneCaller;
    }

    List<ScriptTimes.Row> scriptTimes() {
        return scriptTimes;
    }

    List<MemoryUse.Row> memory() {
        return memory;
    }

    List<Trips.Row> trips() {
        return trips;
    }

    /** The tables. */
    @Override
    public String toString() {
        return String.join(
                "\n\n",
                "",
                "### Latency of a granted tryAcquire, one thread, microseconds: median (least) of the rounds",
                Latency.table(latency).toString(),
                "### A lone caller, microseconds: median (least) of the rounds",
                LoneCaller.table(loneCaller).toString(),
                "### Script time on the server, microseconds: median (least) of the rounds",
                ScriptTimes.table(scriptTimes).toString(),
                "### Memory of a window used to the full, bytes",
                MemoryUse.table(memory).toString(),
                "### Trips to Redis",
                Trips.table(trips).toString());
    }
}
