package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/** Dereferences what may be null. */
public final class Offender {

    private Offender() {}

    /** Fails for null. */
    public static int length(@Nullable String text) {
        return text.length();
    }
}
