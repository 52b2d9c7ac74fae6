package io.github.reverseratelimiter;

/** Two spaces too few. */
public final class Offender {

  private Offender() {}
}
