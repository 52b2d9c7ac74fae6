package io.github.reverseratelimiter;

/** See {@link Missing}. */
public final class Offender {

    private Offender() {}
}
