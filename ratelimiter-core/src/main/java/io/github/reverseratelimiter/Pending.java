package io.github.reverseratelimiter;

/** A caller that has to learn when the limiter is closed. */
interface Pending {

    /** The time on the store's clock for which it holds credits, 0 if it holds none: whoever is last in the line gives back first. */
    long place();

    /** The limiter is closed: what it holds is given back now. */
    void close();
}
