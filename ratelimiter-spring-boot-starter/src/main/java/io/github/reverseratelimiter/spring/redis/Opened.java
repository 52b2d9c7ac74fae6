package io.github.reverseratelimiter.spring.redis;

/** A way to Redis that is open, or was. */
interface Opened {

    /** Sends a PING whose answer nobody waits for: what follows then finds a path that was used before. */
    default void ping() {}

    /** Whether it may be used as far as one knows. */
    boolean isOpen();

    /** Tells, as soon as it is known, that it is open no more; not all connections know. */
    default void whenLost(Runnable listener) {}

    /** Gives it back. */
    void close();
}
