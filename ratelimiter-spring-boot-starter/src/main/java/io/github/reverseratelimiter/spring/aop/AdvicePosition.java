package io.github.reverseratelimiter.spring.aop;

/** Where credits are taken among the other advice of a method: its cache, its retries, its transaction. */
public enum AdvicePosition {
    /** Within all other advice: what a cache answers costs nothing, and each attempt of a retry costs a credit. */
    INNERMOST,
    /** Around all other advice: no wait holds a transaction, and one credit covers all attempts. */
    OUTERMOST
}
