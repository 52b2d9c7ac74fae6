package io.github.reverseratelimiter.benchmarks.provider;

/**
 * What a provider decides by, for one account: it knows nothing but when calls arrive and end. Plain on purpose, and it shares
 * neither code nor method with the limiters it judges. For one thread.
 */
interface Judge {

    /**
     * Decides a call that arrives at this time, in nanoseconds; no time is before the last one.
     *
     * @return 0 if it is accepted, else how long until a call would be, as far as is known
     */
    long arrive(long now);

    /** An accepted call has ended. */
    default void end() {}
}
