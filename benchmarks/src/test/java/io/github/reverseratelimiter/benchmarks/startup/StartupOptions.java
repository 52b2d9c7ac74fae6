package io.github.reverseratelimiter.benchmarks.startup;

import java.util.ArrayList;
import java.util.List;

/**
 * How often to start, and how.
 *
 * @param runs of each application
 * @param jvm options of their JVMs
 */
record StartupOptions(int runs, List<String> jvm) {

    private static final int RUNS = 20;

    static StartupOptions of(String... args) {
        int runs = RUNS;
        List<String> jvm = new ArrayList<>();
        for (String arg : args) {
            if (arg.startsWith("runs=")) {
                runs = Integer.parseInt(arg.substring("runs=".length()));
            } else if (arg.startsWith("jvm=")) {
                jvm.add(arg.substring("jvm=".length()));
            } else if (!arg.isEmpty()) {
                throw new IllegalArgumentException("unknown option " + arg + ": give runs=20, jvm=-Xint");
            }
        }
        return new StartupOptions(runs, List.copyOf(jvm));
    }
}
