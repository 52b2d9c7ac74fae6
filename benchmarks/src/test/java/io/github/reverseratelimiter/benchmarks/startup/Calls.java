package io.github.reverseratelimiter.benchmarks.startup;

/** A bean that calls somebody. */
interface Calls {

    /** On behalf of an account. */
    String call(String account);
}
