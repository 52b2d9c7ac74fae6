package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.LearntMargin.Lesson;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;

/**
 * What a named limiter does with its learnt margin: hands in the calls that can teach, puts the margin into plans, and says
 * what became of it.
 */
final class MarginLearning {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    /**
     * What is learnt, and of what.
     *
     * @param plan of most keys
     * @param windowMicros the shortest
     */
    private record Subject(Plan plan, long windowMicros, LearntMargin margin) {

        static Subject of(Plan plan) {
            long shortest = plan.limits().stream()
                    .mapToLong(RateLimit::windowMicros)
                    .min()
                    .orElse(0);
            return new Subject(plan, shortest, new LearntMargin(plan.margin(), shortest));
        }

        /** The same learnt margin where it is about the same windows. */
        Subject changed(Plan other) {
            Subject anew = of(other);
            boolean same = anew.windowMicros == windowMicros && other.margin().equals(plan.margin());
            return same ? new Subject(other, windowMicros, margin) : anew;
        }
    }

    /** A plan, and what came of it with the margin that it then had. */
    private record Known(Plan plan, Plan learnt) {}

    private final String limiter;
    private final TimeSource time;
    private final Listeners listeners;
    private final OnceAMinute line;
    private final OnceAMinute warning;
    private volatile Subject subject;
    private volatile Known known;
    private volatile Duration logged;
    private volatile long trustedFromNanos;

    MarginLearning(String limiter, Plan plan, TimeSource time, Listeners listeners) {
        this.limiter = limiter;
        this.time = time;
        this.listeners = listeners;
        this.line = new OnceAMinute(time);
        this.warning = new OnceAMinute(time);
        this.trustedFromNanos = time.nanoTime();
        this.subject = Subject.of(plan);
        this.known = new Known(plan, plan);
        this.logged = subject.margin.margin();
    }

    /** Says with which margin it begins. */
    void begin() {
        listeners.marginLearnt(limiter, margin());
    }

    /** The limiter was configured, perhaps anew; of other windows, other margins are learnt. */
    void configured(Plan plan) {
        Subject before = subject;
        Subject anew = before.changed(plan);
        subject = anew;
        if (anew.margin != before.margin) {
            begin();
        }
    }

    /** Whether the shortest window of a plan is shorter than what is learnt for. */
    boolean isNarrower(Plan plan) {
        return Subject.of(plan).windowMicros < subject.windowMicros;
    }

    /** What was learnt so far. */
    Duration margin() {
        return subject.margin.margin();
    }

    /** The plan with the margin of now, or with as much of it as its windows bear. */
    Plan with(Plan plan) {
        Duration margin = margin();
        Known last = known;
        if (last.plan.equals(plan) && last.learnt.margin().equals(margin)) {
            return last.learnt;
        }
        Plan learnt = plan.margin(CreditRequest.defaultMargin(plan.limits(), margin));
        known = new Known(plan, learnt);
        return learnt;
    }

    /** The store went away, or came back: for one window, others may have been granted what we do not know of. */
    void storeChanged() {
        long longest = subject.plan.limits().stream()
                .mapToLong(RateLimit::windowMicros)
                .max()
                .orElse(0);
        trustedFromNanos = time.nanoTime() + longest * 1_000;
    }

    /** A call has ended. It teaches something if the store had granted it, and all others in its window. */
    void ended(Granted granted, Basis.Store store, CallEnd end) {
        long now = time.nanoTime();
        if (end == CallEnd.REFUSED && now - trustedFromNanos < 0) {
            return;
        }
        Duration used = store.credit().margin();
        LearntMargin margin = subject.margin;
        // Of several keys, what remains is that of any of them.
        int remaining = store.credits().size() == 1 ? granted.remaining() : 1;
        margin.late(store.credit().lateNanos());
        Lesson lesson = margin.ended(used, remaining, now - store.credit().dueNanos(), end);
        if (lesson == Lesson.CHANGED) {
            listeners.marginLearnt(limiter, margin.margin());
            tell(margin.margin());
        } else if (lesson == Lesson.UNEXPLAINED) {
            listeners.refusedDespiteMargin(limiter, used);
            warn(used);
        }
    }

    /** A line where it is twice what it was when it was told of, or half; at most one a minute. */
    private void tell(Duration margin) {
        Duration before = logged;
        boolean worth = margin.compareTo(before.multipliedBy(2)) > 0 || before.compareTo(margin.multipliedBy(2)) > 0;
        if (worth && line.isDue()) {
            logged = margin;
            LOG.log(
                    System.Logger.Level.INFO,
                    "Limiter '" + limiter + "': the learnt margin is " + rounded(margin) + "; it was "
                            + rounded(before));
        }
    }

    private void warn(Duration margin) {
        if (warning.isDue()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Limiter '" + limiter + "': the provider refused a call although the margin was "
                            + rounded(margin)
                            + ", which is as wide as it is learnt: see whether somebody else uses the account, or the"
                            + " provider counts in another way; there is one such line a minute");
        }
    }

    private static String rounded(Duration margin) {
        return Durations.text(Duration.ofMillis(margin.plusNanos(999_999).toMillis()));
    }
}
