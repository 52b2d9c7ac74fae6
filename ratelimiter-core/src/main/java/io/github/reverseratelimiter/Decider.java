package io.github.reverseratelimiter;

/** Who decided a request. */
enum Decider {
    /** The store, in whose line the caller may stand. */
    STORE,
    /** The store and this instance's share, both of which must agree: there is no line to stand in. */
    STORE_AND_SHARE,
    /** This instance's share alone, by its own clock and without a line. */
    SHARE,
    /** Nobody. */
    NOBODY;

    /** Whether times are those of the store's clock, and credits can be given back to it. */
    boolean isStore() {
        return this == STORE || this == STORE_AND_SHARE;
    }
}
