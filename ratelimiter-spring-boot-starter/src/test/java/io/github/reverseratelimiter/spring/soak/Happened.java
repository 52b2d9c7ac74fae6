package io.github.reverseratelimiter.spring.soak;

/**
 * A fault in the past; times in microseconds.
 *
 * @param stalledMicros for how long the machine let nobody run in the two seconds after it
 */
record Happened(Fault fault, long from, long to, long stalledMicros) {}
