package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an annotation says about how its calls go out beside the windows. What it leaves out is as the limiter says.
 *
 * @param maxInFlight how many calls at once
 * @param countUntil until when a credit counts
 * @param paced whether calls are spread evenly; if not, nothing is said
 */
record FlowAttributes(OptionalInt maxInFlight, Optional<CountUntil> countUntil, boolean paced) {

    /** Nothing is said. */
    static final FlowAttributes NONE = new FlowAttributes(OptionalInt.empty(), Optional.empty(), false);

    static FlowAttributes of(Attributes attributes, ReverseRateLimited annotation) {
        int calls = annotation.maxInFlight();
        FlowAttributes flow = new FlowAttributes(
                calls == 0 ? OptionalInt.empty() : OptionalInt.of(calls),
                countUntil(attributes, attributes.text("countUntil", annotation.countUntil())),
                annotation.pace());
        var unused = flow.over(Flow.FREE);
        return flow;
    }

    private static Optional<CountUntil> countUntil(Attributes attributes, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "grant" -> Optional.of(CountUntil.GRANT);
            case "completion" -> Optional.of(CountUntil.COMPLETION);
            default ->
                throw attributes.wrong(
                        "countUntil \"" + text + "\" is neither grant nor completion",
                        "write one of them, or leave it out",
                        null);
        };
    }

    /** The flow of a limiter, where it is not said otherwise here. */
    Flow over(Flow limiter) {
        Flow flow = maxInFlight.isPresent() ? limiter.maxInFlight(maxInFlight.getAsInt()) : limiter;
        flow = countUntil.isPresent() ? flow.countUntil(countUntil.get()) : flow;
        return paced ? flow.pacing(Pacing.EVEN) : flow;
    }
}
