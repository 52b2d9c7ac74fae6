package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the limiters of this instance learn of their margins, each under its name: only those that learn have something here. */
final class Margins {

    private final Map<String, MarginLearning> all = new ConcurrentHashMap<>();
    private final TimeSource time;
    private final Listeners listeners;

    Margins(TimeSource time, Listeners listeners) {
        this.time = time;
        this.listeners = listeners;
    }

    /** A limiter learns from now on; of other windows than before, another margin. */
    void configured(String limiter, Plan plan) {
        of(limiter, plan).configured(plan);
    }

    /** Somebody else learns with the calls of that name: the shortest window of all decides how far. */
    void joined(String limiter, Plan plan) {
        if (of(limiter, plan).isNarrower(plan)) {
            configured(limiter, plan);
        }
    }

    /** A limiter learns no more. */
    void stopped(String limiter) {
        all.remove(limiter);
    }

    /** Whether calls of that name teach anything. */
    boolean learns(String limiter) {
        return all.containsKey(limiter);
    }

    /** The plan with what was learnt so far. */
    Plan with(String limiter, Plan plan) {
        return of(limiter, plan).with(plan);
    }

    private MarginLearning of(String limiter, Plan plan) {
        MarginLearning known = all.get(limiter);
        if (known != null) {
            return known;
        }
        MarginLearning made = new MarginLearning(limiter, plan, time, listeners);
        MarginLearning other = all.putIfAbsent(limiter, made);
        if (other != null) {
            return other;
        }
        made.begin();
        return made;
    }

    /** A call has ended that was granted with a margin. */
    void ended(Acquisition.Granted granted, Acquisition.Basis.Store basis, CallEnd end) {
        MarginLearning learning = all.get(basis.credit().key().limiter());
        if (learning != null) {
            learning.ended(granted, basis, end);
        }
    }

    /** The store went away, or came back. */
    void storeChanged() {
        all.values().forEach(MarginLearning::storeChanged);
    }
}
