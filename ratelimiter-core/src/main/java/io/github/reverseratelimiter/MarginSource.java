package io.github.reverseratelimiter;

/** Where the margin of a limiter's calls comes from. */
public enum MarginSource {
    /** From the plan of the key, as it stands there. */
    STATED,

    /**
     * From the calls themselves, of all keys of the limiter: from how long they take, and from refusals of the provider. The
     * margin of the plan is where it begins, and it is at most a fourth of the shortest window. Each instance learns on
     * its own, and only from calls whose end it is told.
     */
    LEARNT
}
