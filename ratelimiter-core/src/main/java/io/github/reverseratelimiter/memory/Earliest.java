package io.github.reverseratelimiter.memory;

/**
 * When credits may be granted.
 *
 * @param at the earliest time
 * @param unknown whether that is only the least it can be, since calls in flight must end first
 */
record Earliest(long at, boolean unknown) {}
