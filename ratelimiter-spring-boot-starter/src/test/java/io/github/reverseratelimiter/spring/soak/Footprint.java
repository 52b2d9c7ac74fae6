package io.github.reverseratelimiter.spring.soak;

/**
 * What an instance holds while its callers rest.
 *
 * @param threads how many there are
 * @param heapKilobytes used after a collection
 * @param names of the threads
 */
record Footprint(int threads, int heapKilobytes, String names) {}
