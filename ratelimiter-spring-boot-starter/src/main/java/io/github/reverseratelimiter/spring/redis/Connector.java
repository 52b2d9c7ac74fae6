package io.github.reverseratelimiter.spring.redis;

/** Opens connections to Redis. */
interface Connector<C extends Opened> {

    /** Opens one, and waits for it as long as the settings say. Never called by two threads at once. */
    C open();

    /** Gives back what all connections needed, after the last of them was closed. */
    default void close() {}
}
