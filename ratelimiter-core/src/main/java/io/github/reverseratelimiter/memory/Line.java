package io.github.reverseratelimiter.memory;

import java.util.OptionalLong;

/** The order of grants of a key, in one trip. */
interface Line {

    long now();

    /** When anything may go at all: not before now, nor before a pause ends. */
    long earliest();

    /** When so many may go, behind {@code ahead} that are queued for. */
    Earliest earliest(int credits, long ahead);

    /** When a request that stands first in the queue may go. */
    Earliest earliest(Ticket first);

    /** What whoever makes this trip states. */
    Terms terms();

    /** Whether whoever makes this trip names a smaller limit than so many. */
    boolean isTooNarrowFor(int credits);

    /** Grants them. */
    void add(int credits, long at);

    /** Grants them for a time that may lie before others'. */
    void addAmong(int credits, long at);

    /** States the limits, for credits that have no time yet. */
    void state(long at);

    /** For when this request was decided, if it was one of the last. */
    OptionalLong timeOf(long request);

    void remember(long request, long at);

    /** The state is needed for one window longer than this. */
    void keep(long until);
}
