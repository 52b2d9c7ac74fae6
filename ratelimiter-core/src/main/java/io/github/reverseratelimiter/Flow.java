package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How calls go out beside their windows: until when their credits count, how many may be in flight at once, how they are
 * spread. Immutable; the methods named after a component return a copy with another value.
 *
 * <p>Whoever asks for a credit with a cap, or until completion, has to say when the call has ended: with
 * {@link ReverseRateLimiter#call}, {@link ReverseRateLimiter#begin} or {@link ReverseRateLimiter#complete}.
 *
 * @param countUntil until when a credit counts; until completion, the request's margin is not needed and not used
 * @param maxInFlight how many calls of a key may be in flight at once, over all instances; empty for any number
 * @param pacing how the credits of a window are spread over it
 * @param longestDelay how long a call may be on its way: one whose caller gave up counts for so long after it began
 */
public record Flow(CountUntil countUntil, OptionalInt maxInFlight, Pacing pacing, Duration longestDelay) {

    /** Calls count from their grant, any number at once, and may go in bursts. */
    public static final Flow FREE =
            new Flow(CountUntil.GRANT, OptionalInt.empty(), Pacing.BURST, Duration.ofSeconds(10));

    /** Most calls in flight that can be counted. */
    public static final int MOST_IN_FLIGHT = 100_000;

    /**
     * Checks all values.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the value and the remedy
     */
    public Flow {
        Check.given(countUntil, "count-until", "give grant or completion");
        Check.given(maxInFlight, "max-in-flight", "give OptionalInt.empty() for any number");
        Check.given(pacing, "pacing", "give Pacing.BURST or Pacing.EVEN");
        Check.given(longestDelay, "longest-delay", "give 10s, for example");
        if (maxInFlight.isPresent() && (maxInFlight.getAsInt() < 1 || maxInFlight.getAsInt() > MOST_IN_FLIGHT)) {
            throw new IllegalArgumentException("max-in-flight must be from 1 to " + MOST_IN_FLIGHT + " but was "
                    + maxInFlight.getAsInt() + ": leave it out for any number of calls at once");
        }
        if (longestDelay.isNegative() || longestDelay.compareTo(Waiting.MAX_WAIT) > 0) {
            throw new IllegalArgumentException("longest-delay must be from 0s to 366d but was "
                    + Durations.text(longestDelay) + ": give the longest time that a call may be on its way");
        }
    }

    /** A copy in which credits count until something else. */
    public Flow countUntil(CountUntil other) {
        return new Flow(other, maxInFlight, pacing, longestDelay);
    }

    /** A copy with at most so many calls in flight at once. */
    public Flow maxInFlight(int calls) {
        return new Flow(countUntil, OptionalInt.of(calls), pacing, longestDelay);
    }

    /** A copy whose credits are spread in another way. */
    public Flow pacing(Pacing other) {
        return new Flow(countUntil, maxInFlight, other, longestDelay);
    }

    /** A copy whose calls may be on their way for another time. */
    public Flow longestDelay(Duration other) {
        return new Flow(countUntil, maxInFlight, pacing, other);
    }

    /** Whether it matters when a call ends. */
    public boolean countsCallsInFlight() {
        return maxInFlight.isPresent() || countUntil == CountUntil.COMPLETION;
    }

    /** What holds for one call of both kinds. */
    Flow and(Flow other) {
        OptionalInt cap = maxInFlight.isPresent() && other.maxInFlight.isPresent()
                ? OptionalInt.of(Math.min(maxInFlight.getAsInt(), other.maxInFlight.getAsInt()))
                : maxInFlight.isPresent() ? maxInFlight : other.maxInFlight;
        return new Flow(
                countUntil.compareTo(other.countUntil) > 0 ? countUntil : other.countUntil,
                cap,
                pacing.compareTo(other.pacing) > 0 ? pacing : other.pacing,
                longestDelay.compareTo(other.longestDelay) > 0 ? longestDelay : other.longestDelay);
    }
}
