package io.github.reverseratelimiter;

/** Until when a credit counts. */
public enum CountUntil {
    /** One window from its grant. The provider counts arrivals, so this needs a margin as wide as their delay varies. */
    GRANT,

    /**
     * Until its call has ended, and one window from then. A call arrives before it has ended, so this needs no margin; a slow
     * call keeps its credit for longer.
     */
    COMPLETION
}
