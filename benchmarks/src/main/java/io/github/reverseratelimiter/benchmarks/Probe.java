package io.github.reverseratelimiter.benchmarks;

import java.util.Arrays;
import java.util.List;

/** One way to call, and how long it took in each round, in microseconds. */
final class Probe {

    private static final int IN_TURN = 50;

    private final String title;
    private final Runnable call;
    private final long[] nanos;
    private final Samples p50;
    private final Samples p99;

    Probe(String title, int rounds, int calls, Runnable call) {
        this.title = title;
        this.call = call;
        this.nanos = new long[calls];
        this.p50 = new Samples(rounds);
        this.p99 = new Samples(rounds);
    }

    /** Measures all of them in small turns, after half as many rounds that count for nothing. */
    static void measure(List<Probe> probes, int rounds) {
        for (int round = -rounds / 2; round < rounds; round++) {
            int calls = probes.get(0).nanos.length;
            for (int call = 0; call < calls; call += IN_TURN) {
                for (Probe probe : probes) {
                    probe.run(call, Math.min(call + IN_TURN, calls));
                }
            }
            for (Probe probe : probes) {
                if (round >= 0) {
                    probe.note(round);
                }
            }
        }
    }

    String title() {
        return title;
    }

    Samples p50() {
        return p50;
    }

    Samples p99() {
        return p99;
    }

    private void run(int from, int to) {
        for (int i = from; i < to; i++) {
            long begin = System.nanoTime();
            call.run();
            nanos[i] = System.nanoTime() - begin;
        }
    }

    private void note(int round) {
        Arrays.sort(nanos);
        p50.set(round, nanos[nanos.length / 2] / 1_000.0);
        p99.set(round, nanos[nanos.length * 99 / 100] / 1_000.0);
    }
}
