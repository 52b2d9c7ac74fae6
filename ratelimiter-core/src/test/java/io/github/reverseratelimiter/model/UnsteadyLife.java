package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.BusiestWindow;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One key whose store has its clock set while true time goes on, and the judge of what was granted. All times are
 * microseconds.
 */
final class UnsteadyLife {

    static final long WINDOW = 1_000_000;
    static final int LIMIT = 5;

    private static final long BEGIN = 1_800_000_000_000_000L;
    private static final CreditKey KEY = new CreditKey("model", "unsteady");
    private static final List<RateLimit> LIMITS = List.of(RateLimit.of(LIMIT, Duration.ofSeconds(1)));

    private final Subject subject;
    private final double speed;
    private long truth = BEGIN;
    private long ahead;
    private long ids;
    private long steppedBack;
    private long adjusted;
    private long logical;
    /** When a credit was granted last, in logical time. */
    private long last;

    private long newest;
    private long longestWait;
    private long blockedSince = BEGIN;
    private long longestBlocked;
    private int denied;
    /** In logical time, for each state: one that expired begins anew. */
    private List<Long> ofTheState = new ArrayList<>();
    /** In true time, since the last step forward. */
    private List<Long> sinceTheStepForward = new ArrayList<>();

    private final List<Long> all = new ArrayList<>();

    UnsteadyLife(Subject subject, double speed) {
        this.subject = subject;
        this.speed = speed;
        subject.fresh();
    }

    /** What the store's clock shows. */
    private long shown() {
        return BEGIN + (long) ((truth - BEGIN) * speed) + ahead;
    }

    void pass(long micros) {
        truth += micros;
    }

    /** Sets the clock; what was granted since the last step forward is judged before the next. */
    void step(long micros) {
        ahead += micros;
        if (micros > 0) {
            judge();
            sinceTheStepForward = new ArrayList<>();
        } else {
            steppedBack -= micros;
        }
    }

    /** Asks for one credit; answers whether it was granted. */
    boolean ask(long maxWait) {
        long shown = shown();
        subject.expired(shown);
        Request request = new Request(1, maxWait, ++ids);
        Reply reply =
                subject.take(shown, new Call(KEY, LIMITS, Duration.ZERO, List.of(request), Duration.ofSeconds(1)));
        Decision decision = reply.decisions().get(0);
        if (reply.now() - shown < adjusted) {
            newState();
        }
        assertThat(reply.now()).as("logical time").isGreaterThanOrEqualTo(last);
        adjusted = reply.now() - shown;
        assertThat(adjusted).as("what was added to the clock").isBetween(0L, steppedBack);
        logical = reply.now();
        long line = Math.max(0, newest - logical);
        assertThat(decision.at() - logical).as("the wait").isBetween(0L, line + WINDOW);
        if (!(decision instanceof Decision.Taken)) {
            denied++;
            return false;
        }
        last = logical;
        newest = decision.at();
        longestWait = Math.max(longestWait, newest - last);
        ofTheState.add(decision.at());
        long at = truth + decision.at() - logical;
        sinceTheStepForward.add(at);
        all.add(at);
        longestBlocked = Math.max(longestBlocked, truth - blockedSince);
        blockedSince = truth;
        return true;
    }

    private void newState() {
        judge();
        ofTheState = new ArrayList<>();
        newest = 0;
        last = 0;
    }

    /** How far the line reaches. */
    long line() {
        return Math.max(0, newest - logical);
    }

    /** Longest true time in which nobody was granted. */
    long longestBlocked() {
        return longestBlocked;
    }

    int granted() {
        return all.size();
    }

    int denied() {
        return denied;
    }

    /** By how much the clock was set back in all. */
    long steppedBack() {
        return steppedBack;
    }

    /** What logical time is ahead of the clock. */
    long adjusted() {
        return adjusted;
    }

    /** The most credits that any window held, in true time. */
    int busiest() {
        return BusiestWindow.of(all, WINDOW);
    }

    /**
     * Never over in logical time. Nor in true time between two steps forward, where the clock is no faster than time: so each
     * step forward forgives one window. Where it is, the rate is off by that factor, and who waits sleeps by a clock that is not:
     * those who asked before go beside those who ask now.
     */
    void judge() {
        assertThat(BusiestWindow.of(ofTheState, WINDOW))
                .as("credits in a window of logical time")
                .isLessThanOrEqualTo(LIMIT);
        double windows = 1 + Math.max(0, speed - 1) * (1 + longestWait / (double) WINDOW);
        assertThat(BusiestWindow.of(sinceTheStepForward, WINDOW))
                .as("credits in a window between steps forward")
                .isLessThanOrEqualTo(LIMIT * (int) Math.ceil(windows));
    }
}
