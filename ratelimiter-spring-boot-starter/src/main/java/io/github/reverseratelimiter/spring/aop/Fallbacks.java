package io.github.reverseratelimiter.spring.aop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is called where no credit was to be had: overloads, for different exceptions.
 *
 * @param methods those for the most special exceptions first
 */
record Fallbacks(List<Fallback> methods) {

    /** Takes a copy of the list. */
    Fallbacks {
        methods = List.copyOf(methods);
    }

    /** The one for this exception; null if there is none. */
    @Nullable
    Fallback of(Throwable failure) {
        for (Fallback each : methods) {
            if (each.fits(failure)) {
                return each;
            }
        }
        return null;
    }
}
