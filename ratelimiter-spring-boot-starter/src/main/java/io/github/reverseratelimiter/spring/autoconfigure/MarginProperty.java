package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.MarginSource;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** A margin as a property states it: a duration such as {@code 25ms}, or {@code auto}, which is learnt. */
public final class MarginProperty {

    /** What there is where none is stated. */
    static final MarginProperty DEFAULT = new MarginProperty(CreditRequest.DEFAULT_MARGIN, MarginSource.STATED);

    private static final String AUTO = "auto";

    private final Duration start;
    private final MarginSource source;

    private MarginProperty(Duration start, MarginSource source) {
        this.start = start;
        this.source = source;
    }

    /**
     * What the text says; Spring Boot finds this method by its name.
     *
     * @throws IllegalArgumentException if it is neither a duration with its unit nor {@code auto}
     */
    public static MarginProperty valueOf(String text) {
        if (text.trim().equalsIgnoreCase(AUTO)) {
            return new MarginProperty(CreditRequest.DEFAULT_MARGIN, MarginSource.LEARNT);
        }
        DurationsWithUnits.check(text);
        try {
            return new MarginProperty(DurationStyle.detectAndParse(text), MarginSource.STATED);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "margin must be a duration or auto but was '" + text + "': give 25ms, for example", e);
        }
    }

    /** The duration; of one that is learnt, where it begins. */
    Duration start() {
        return start;
    }

    /** Whether it is stated or learnt. */
    MarginSource source() {
        return source;
    }

    @Override
    public String toString() {
        return source == MarginSource.LEARNT ? AUTO : DurationStyle.SIMPLE.print(start);
    }
}
