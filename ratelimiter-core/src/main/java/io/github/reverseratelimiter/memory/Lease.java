package io.github.reverseratelimiter.memory;

/** What an instance holds of a key. */
final class Lease {

    /** When it runs out. */
    long until;
    /** Calls in flight. */
    int calls;
    /** Their credits that count until they have ended. */
    int open;
    /** Requests that are queued for or called up. */
    int tickets;

    Lease(long until) {
        this.until = until;
    }

    boolean isEmpty() {
        return calls == 0 && tickets == 0;
    }
}
