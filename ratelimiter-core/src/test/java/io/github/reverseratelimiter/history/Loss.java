package io.github.reverseratelimiter.history;

/**
 * That the store forgot all it had granted; both times in microseconds on the clock of Redis.
 *
 * @param from before that, nothing was forgotten
 * @param to after that, all grants count that are for such times: those who waited when it forgot have gone
 */
public record Loss(long from, long to) {

    boolean touches(long begin, long end) {
        return from <= end && begin <= to;
    }
}
