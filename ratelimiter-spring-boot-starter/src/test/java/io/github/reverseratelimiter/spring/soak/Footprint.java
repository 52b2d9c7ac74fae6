package io.github.reverseratelimiter.spring.soak;

import java.util.stream.Stream;

/**
 * What an instance holds while its callers rest.
 *
 * @param threads how many there are, but for Lettuce's, which it starts one after another, up to its fixed number, for those that
 *     complete answers, which come and go with the load, and for the one that opens connections, which goes when there is nothing to open
 * @param heapKilobytes used after a collection
 * @param names of the threads
 */
record Footprint(int threads, int heapKilobytes, String names) {

    /** How many threads' names begin so. */
    long named(String beginning) {
        return Stream.of(names.substring(1, names.length() - 1).split(", "))
                .filter(name -> name.startsWith(beginning))
                .count();
    }
}
