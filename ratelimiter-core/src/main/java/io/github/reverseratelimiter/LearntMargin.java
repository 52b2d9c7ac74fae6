package io.github.reverseratelimiter;

import java.time.Duration;

/**
 * The margin that one limiter of this instance learns from how its calls end. It knows no clock; its time is the number of
 * calls.
 */
final class LearntMargin {

    /*
     * What it has to be: the spread of the delay between a grant and its arrival. That is not seen; seen are the completions
     * (arrival and answer) and the refusals.
     *
     * Where it begins: a call arrives before it has ended, so the longest completion is a safe margin for calls of this
     * instance. That is what counts during the first calls. Then it is the spread of the completions, longest less
     * shortest: where delay and answer do not hang together it is at least the spread of the delay, and an API that
     * takes two seconds for every answer does not cost two seconds.
     *
     * How it learns: margin = ratio x spread. The ratio is 1 at first. It falls by a little with each call that was answered
     * although the window was full (no other call tells anything), and rises at once where one is refused: the margin of that
     * call was too narrow, so the new one is a fifth and 1 ms wider than *that*. Nine more refusals of the same burst, with
     * the same margin, then say nothing new: one burst is one lesson, without a timer. At the equilibrium a
     * lesson undoes some 6,000 calls: one call in 6,000 teaches. At first the ratio falls faster, and four times slower after each lesson.
     * A spread that becomes four times what it was, or a fourth, makes it fall fast again: that is another network.
     *
     * What bounds it: a fourth of the window (a fifth of the throughput). And the longest completion, or a tenth of the window
     * where that is more: other instances may have a slower network, and call j + L may be theirs while call j was ours.
     * A refusal at the bound has another cause: someone else uses the account, or the provider counts in another way.
     *
     * Only values of a ladder are published, each a tenth above the one below: a margin that changes with each call
     * would change the shape of bursts all the time, and instances would hardly ever have the same. (Margins that differ
     * push calls together: t(j) never decreases, so the wider margin pushes the calls of the narrower one into the same moment.)
     *
     * Numbers are those of MarginSimulation; docs/adr/0014-learnt-margin.md has the table.
     */

    private static final long ONE = 100_000_000;
    private static final long LEAST_RATIO = ONE / 1_000;
    private static final int CALLS_OF_A_SPREAD = 100;
    private static final int FAST = 1_000;
    private static final int SLOW = 32_000;
    private static final int SLOWER_WITH_A_LESSON = 4;
    private static final int ANOTHER_NETWORK = 4;
    private static final long LEAST_MICROS = 1_000;
    private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1_000;
    private static final int MOST_OF_THE_WINDOW = 4;
    private static final int FOR_OTHERS = 10;

    /** What a call has taught. */
    enum Lesson {
        /** Nothing that changes the margin. */
        NONE,
        /** The margin is another one now. */
        CHANGED,
        /** A refusal that no margin would have prevented. */
        UNEXPLAINED
    }

    private final long startMicros;
    private final long mostMicros;
    private final long forOthersMicros;

    private long shortest = Long.MAX_VALUE;
    private long longest;
    private long shortestBefore = Long.MAX_VALUE;
    private long longestBefore;
    private int calls;
    private boolean begun;
    private long knownSpread;
    private long ratio = ONE;
    private int divisor = FAST;
    private volatile Duration margin;

    /**
     * A margin that nothing is known of yet.
     *
     * @param start where it begins
     * @param windowMicros the shortest window
     */
    LearntMargin(Duration start, long windowMicros) {
        this.mostMicros = Math.min(windowMicros / MOST_OF_THE_WINDOW, LONGEST_MICROS);
        this.forOthersMicros = Math.min(windowMicros / FOR_OTHERS, LONGEST_MICROS);
        this.startMicros = Math.min(Durations.microsUp(start), mostMicros);
        this.margin = Durations.ofMicros(startMicros);
    }

    /** The margin to ask with now. */
    Duration margin() {
        return margin;
    }

    /**
     * A call has ended that the store had granted.
     *
     * @param used the margin it was granted with
     * @param remaining credits that were left in the window then: without any, the margin mattered
     * @param tookNanos from the time it was granted for until its end
     */
    synchronized Lesson ended(Duration used, int remaining, long tookNanos, CallEnd end) {
        if (end == CallEnd.UNKNOWN) {
            return Lesson.NONE;
        }
        completed(Math.max(0, Math.min(tookNanos / 1_000, LONGEST_MICROS)));
        boolean explained = true;
        if (end == CallEnd.REFUSED) {
            explained = refused(Math.min(Durations.microsUp(used), LONGEST_MICROS));
        } else if (begun && remaining == 0) {
            ratio = Math.max(LEAST_RATIO, ratio - ratio / divisor);
        }
        boolean changed = publish();
        return explained ? changed ? Lesson.CHANGED : Lesson.NONE : Lesson.UNEXPLAINED;
    }

    /**
     * A caller came too late for its credits and took others: how late callers wake belongs to the spread, though such calls
     * are never made. What is longer than a tenth of the window is a stall, which no margin is for.
     */
    synchronized void late(long nanos) {
        long micros = nanos / 1_000;
        long least = shortestKnown();
        if (micros > 0 && micros <= forOthersMicros) {
            completed(micros + (least == Long.MAX_VALUE ? 0 : least));
        }
    }

    private long shortestKnown() {
        return Math.min(shortest, shortestBefore);
    }

    /** Two buckets of calls: what is longer ago does not count any more. */
    private void completed(long micros) {
        shortest = Math.min(shortest, micros);
        longest = Math.max(longest, micros);
        if (++calls == CALLS_OF_A_SPREAD) {
            calls = 0;
            begun = true;
            shortestBefore = shortest;
            longestBefore = longest;
            shortest = Long.MAX_VALUE;
            longest = 0;
            long spread = spread();
            if (spread > knownSpread * ANOTHER_NETWORK || spread < knownSpread / ANOTHER_NETWORK) {
                divisor = FAST;
                knownSpread = spread;
            }
        }
    }

    /** Whether a wider margin can help. */
    private boolean refused(long used) {
        if (used >= bound()) {
            return false;
        }
        long wanted = used + used / 5 + LEAST_MICROS;
        long needed = wanted * ONE / spread();
        if (needed > ratio) {
            ratio = needed;
            divisor = Math.min(SLOW, divisor * SLOWER_WITH_A_LESSON);
        }
        return true;
    }

    private long spread() {
        long most = Math.max(longest, longestBefore);
        return Math.max(LEAST_MICROS, most - shortestKnown());
    }

    private long bound() {
        return Math.min(mostMicros, Math.max(forOthersMicros, Math.max(longest, longestBefore)));
    }

    private boolean publish() {
        long spread = spread();
        long bound = bound();
        ratio = Math.max(LEAST_RATIO, Math.min(ratio, Math.max(bound, LEAST_MICROS) * ONE / spread));
        long wanted = ratio * spread / ONE;
        if (!begun) {
            wanted = Math.max(wanted, Math.max(startMicros, longest));
        }
        long now = Durations.microsUp(margin);
        boolean leaves = wanted > now || wanted < now - now / 11;
        long next = Math.min(bound, leaves ? rung(wanted) : now);
        if (next == now) {
            return false;
        }
        margin = Durations.ofMicros(next);
        return true;
    }

    /** The lowest rung of the ladder that is not below. */
    private static long rung(long micros) {
        long rung = LEAST_MICROS;
        while (rung < micros) {
            rung += rung / 10;
        }
        return rung;
    }
}
