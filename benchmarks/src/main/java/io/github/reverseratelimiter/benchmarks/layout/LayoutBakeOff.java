package io.github.reverseratelimiter.benchmarks.layout;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.io.IOException;
import java.io.PrintStream;

/** Measures the candidate layouts against each other on a real Redis and prints tables in Markdown. Argument: rounds (41). */
public final class LayoutBakeOff {

    private static final int CALLS = 250;

    private LayoutBakeOff() {}

    /** Runs it all. */
    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 41;
        PrintStream out = System.out;
        try (Redis redis = Redis.start()) {
            for (Layout layout : Layout.values()) {
                if (layout.isCandidate()) {
                    int operations = new Agreement(redis, 2_000).check(layout);
                    out.println(layout.title() + ": " + operations + " operations, as the model");
                }
            }
            Table memory = new MemoryUse(redis, out).measure();
            new ScriptTimes(redis, out, 2, CALLS).measure();
            out.println("-- that was the warm-up --");
            Table times = new ScriptTimes(redis, out, rounds, CALLS).measure();
            Table refunds = new RefundTimes(redis, out, rounds).measure();
            out.println("\n### Script time on the server, microseconds (commands inside), median of " + rounds
                    + " rounds of " + CALLS + " calls\n\n" + times);
            out.println("\n### Refund from the middle of a line\n\n" + refunds);
            out.println("\n### Memory, bytes (MEMORY USAGE)\n\n" + memory);
        }
    }
}
