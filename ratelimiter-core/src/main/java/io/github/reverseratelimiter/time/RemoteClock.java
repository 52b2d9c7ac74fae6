package io.github.reverseratelimiter.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What another machine's clock says, learnt from its replies (Cristian's algorithm). A reply's time was read between
 * sending and receiving; the quickest trip bounds it best, and is believed for ten seconds.
 */
public final class RemoteClock {

    private static final long BELIEVED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Sample(long offsetMicros, long tripNanos, long receivedNanos) {}

    private final TimeSource time;
    private final AtomicReference<@Nullable Sample> best = new AtomicReference<>();

    /** A clock of which nothing is known yet. */
    public RemoteClock(TimeSource time) {
        this.time = time;
    }

    /** Learns that the clock showed {@code micros} at some moment between {@code sentNanos} and now. */
    public void learn(long sentNanos, long micros) {
        long received = time.nanoTime();
        long trip = Math.max(0, received - sentNanos);
        Sample known = best.get();
        if (known == null
                || trip <= known.tripNanos
                || received - known.receivedNanos > BELIEVED_NANOS
                || contradicts(known, sentNanos, received, micros)) {
            best.set(new Sample(micros - (sentNanos + trip / 2) / 1_000, trip, received));
        }
    }

    /** Whether the clock must have been set: what we believe lies outside of what this reply allows. */
    private static boolean contradicts(Sample known, long sent, long received, long micros) {
        long slack = known.tripNanos / 1_000 + 1_000;
        return micros < known.offsetMicros + sent / 1_000 - slack
                || micros > known.offsetMicros + received / 1_000 + slack;
    }

    /** The clock {@code nanos} from now, in microseconds; 0 as long as nothing was learnt. */
    public long micros(long nanos) {
        Sample known = best.get();
        return known == null ? 0 : known.offsetMicros + (time.nanoTime() + nanos) / 1_000;
    }

    /** How long the quickest of the believed trips took, in nanoseconds. */
    public long tripNanos() {
        Sample known = best.get();
        return known == null ? 0 : known.tripNanos;
    }
}
