package io.github.reverseratelimiter.memory;

/**
 * What a ring knows of the credits that were granted for one time.
 *
 * @param newest number of the newest of them
 * @param credits how many there are, of as many as were asked for
 * @param sure how far this is known
 */
record Found(long newest, int credits, Sure sure) {

    /** How far it is known, from the least on. */
    enum Sure {
        /** At most so many: credits of other times share the slots. */
        AT_MOST,
        /** Perhaps so many: the ring has only an upper bound of their times. */
        GUESSED,
        /** At least so many: others may have fallen out of the ring. */
        AT_LEAST,
        EXACTLY
    }

    static final Found NOTHING = new Found(0, 0, Sure.AT_MOST);

    /** What this one and that of another window tell together. */
    Found and(Found other) {
        if (sure == Sure.EXACTLY || other.sure == Sure.EXACTLY) {
            return sure == Sure.EXACTLY ? this : other;
        }
        boolean own = other.credits == 0 || (credits > 0 && sure.compareTo(other.sure) >= 0);
        return new Found(own ? newest : other.newest, Math.max(credits, other.credits), own ? sure : other.sure);
    }
}
