package io.github.reverseratelimiter;

/** One tiny class that offends nobody. */
public final class Tiny {

    private Tiny() {}

    /** A number, as in {@link Integer#MAX_VALUE}. */
    public static int number() {
        return 1;
    }
}
