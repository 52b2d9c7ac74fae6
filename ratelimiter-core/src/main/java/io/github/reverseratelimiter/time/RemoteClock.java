package io.github.reverseratelimiter.time;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What another machine's clock says, learnt from its replies (Cristian's algorithm). A reply's time was read between
 * sending and receiving, so a trip knows it up to half its length; what an earlier, quicker trip knew becomes less
 * certain as time goes by. The most certain is believed.
 */
public final class RemoteClock {

    /** Two clocks part by less than a thousandth, also while one of them is being set right. */
    private static final long DRIFT = 1_000;

    private record Sample(long offsetMicros, long tripNanos, long receivedNanos) {

        /** Also for who looked at his own clock before it was received, and was held up since. */
        long uncertainNanos(long now) {
            return tripNanos / 2 + Math.abs(now - receivedNanos) / DRIFT;
        }
    }

    private final TimeSource time;
    private final AtomicReference<@Nullable Sample> best = new AtomicReference<>();

    /** A clock of which nothing is known yet. */
    public RemoteClock(TimeSource time) {
        this.time = time;
    }

    /**
     * Learns that the clock showed {@code micros} at some moment between {@code sentNanos} and now.
     *
     * @return the latest such moment, on our own clock: now, or earlier by what another trip knows better
     */
    public long learn(long sentNanos, long micros) {
        return learn(sentNanos, time.nanoTime(), micros);
    }

    /**
     * The same, for whoever has looked at our own clock just now.
     *
     * @param received what it showed
     */
    public long learn(long sentNanos, long received, long micros) {
        long trip = Math.max(0, received - sentNanos);
        Sample known = best.get();
        if (known == null
                || trip / 2 <= known.uncertainNanos(received)
                || contradicts(known, sentNanos, received, micros)) {
            best.set(new Sample(micros - (sentNanos + trip / 2) / 1_000, trip, received));
            return received;
        }
        long latest = (micros - known.offsetMicros + 1) * 1_000 + known.uncertainNanos(received);
        return latest - sentNanos < 0 ? sentNanos : received - latest < 0 ? received : latest;
    }

    /** Forgets what was learnt: the next trip is believed, however long it takes. */
    public void forget() {
        best.set(null);
    }

    /** Whether the clock must have been set: what we believe lies outside of what this reply allows. */
    private static boolean contradicts(Sample known, long sent, long received, long micros) {
        long slack = known.uncertainNanos(received) / 1_000 + 1_000;
        return micros < known.offsetMicros + sent / 1_000 - slack
                || micros > known.offsetMicros + received / 1_000 + slack;
    }

    /** The latest that it can show now, in microseconds; 0 as long as nothing was learnt. */
    public long latestMicros() {
        Sample known = best.get();
        long now = time.nanoTime();
        return known == null ? 0 : known.offsetMicros + (now + known.uncertainNanos(now)) / 1_000 + 1;
    }

    /** The clock {@code nanos} from now, in microseconds; 0 as long as nothing was learnt. */
    public long micros(long nanos) {
        Sample known = best.get();
        return known == null ? 0 : known.offsetMicros + (time.nanoTime() + nanos) / 1_000;
    }
}
