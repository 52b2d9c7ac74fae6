package io.github.reverseratelimiter.history;

/**
 * A grant as its caller saw it; all times in microseconds on the clock of Redis.
 *
 * @param at for when it was granted
 * @param credits how many
 * @param invoked when the caller asked
 * @param returned when the caller was told to go
 * @param caller which thread of which process
 */
public record Grant(long at, int credits, long invoked, long returned, String caller) {}
