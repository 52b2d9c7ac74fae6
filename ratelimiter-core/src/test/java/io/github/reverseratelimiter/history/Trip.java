package io.github.reverseratelimiter.history;

/**
 * A trip as the connection saw it.
 *
 * @param kind take or refund
 * @param now the clock of Redis when it decided
 * @param at the time of the credits
 * @param credits taken or dropped, 0 if refused
 */
record Trip(Kind kind, long now, long at, int credits) {

    enum Kind {
        TAKE,
        REFUND
    }
}
