package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.RemoteClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One caller's way to an answer, as steps: the arithmetic of waiting and retrying, without a clock, a thread or a store.
 * Whoever drives it (a blocked thread, or a chain of futures) does what the step says and reports back.
 */
final class Acquiring {

    /**
     * Shortest lateness that counts: below it lies the ordinary jitter of waking up. Otherwise it is the margin, which
     * is what the provider forgives.
     */
    private static final long LEAST_TOLERANCE_MICROS = 5_000;

    /** A caller whose credits come too late so often runs on a machine that stands still more than it runs. */
    private static final int MOST_LATE = 100;

    private final CreditRequest request;
    private final Holds holds;
    private final RemoteClock storeClock;
    private final Duration storeTimeout;
    private final boolean mayWait;
    private final long startNanos;

    private int attempts;
    private int late;
    private @Nullable Denied refusal;
    private Decision.@Nullable Taken taken;
    private long at;
    private long heldAtGrant;
    private Holds.@Nullable Hold hold;

    Acquiring(
            CreditRequest request,
            Holds holds,
            RemoteClock storeClock,
            Duration storeTimeout,
            boolean mayWait,
            long startNanos) {
        this.request = request;
        this.holds = holds;
        this.storeClock = storeClock;
        this.storeTimeout = storeTimeout;
        this.mayWait = mayWait;
        this.startNanos = startNanos;
    }

    /** The first step. */
    Step start() {
        return ask(startNanos, null);
    }

    private Step ask(long nowNanos, @Nullable Credit unused) {
        attempts++;
        if (mayWait && request.waiting() instanceof Waiting.UpTo upTo) {
            long left = Durations.microsUp(upTo.maxWait()) - (nowNanos - startNanos) / 1_000;
            return new Step.Ask(Math.max(0, left), unused);
        }
        return new Step.Ask(0, unused);
    }

    /** The store has answered. */
    Step replied(Reply reply, long nowNanos) {
        holds.learn(request.key(), reply.held());
        Decision decision = reply.decisions().get(0);
        if (decision instanceof Decision.Taken granted) {
            taken = granted;
            at = granted.at();
            heldAtGrant = reply.held();
            long wait = granted.at() - reply.now();
            if (wait > 0) {
                hold = holds.watch(request.key(), reply.held());
                return new Step.Sleep(wait * 1_000);
            }
            return take(nowNanos);
        }
        Reason reason = decision instanceof Decision.Paused ? Reason.PAUSED : reasonOfRefusal();
        return denied(
                new Denied(Durations.ofMicros(decision.at() - reply.now()), reason, decision.remaining()), nowNanos);
    }

    private Reason reasonOfRefusal() {
        if (request.waiting() instanceof Waiting.None) {
            return Reason.EXHAUSTED;
        }
        if (!mayWait) {
            return Reason.TOO_MANY_WAITERS;
        }
        return request.waiting() instanceof Waiting.UpTo ? Reason.WAIT_TOO_LONG : Reason.EXHAUSTED;
    }

    /** The store has not answered in time, or could not. */
    Step failed(long nowNanos) {
        return denied(new Denied(storeTimeout, Reason.STORE_UNAVAILABLE, 0), nowNanos);
    }

    private Step denied(Denied denied, long nowNanos) {
        if (mayWait && request.waiting() instanceof Waiting.Retries again && attempts <= again.retries()) {
            Duration pause = again.interval().orElse(denied.retryAfter());
            long left = again.maxWait()
                    .map(maxWait -> maxWait.toNanos() - (nowNanos - startNanos))
                    .orElse(Long.MAX_VALUE);
            if (pause.toNanos() <= left) {
                refusal = denied;
                return new Step.Sleep(pause.toNanos());
            }
            Reason reason = denied.reason() == Reason.EXHAUSTED ? Reason.WAIT_TOO_LONG : denied.reason();
            return new Step.Done(new Denied(denied.retryAfter(), reason, denied.remaining()));
        }
        return new Step.Done(denied);
    }

    /** The sleep is over. */
    Step woke(long nowNanos) {
        if (refusal != null) {
            refusal = null;
            return ask(nowNanos, null);
        }
        Holds.Hold watched = hold;
        if (watched != null) {
            long growth = watched.held() - heldAtGrant;
            if (growth > 0) {
                at += growth;
                heldAtGrant += growth;
                return new Step.Sleep(growth * 1_000);
            }
            unwatch();
        }
        return take(nowNanos);
    }

    /** The time of the credits has come; but has it passed? Then the call would fall into somebody else's window. */
    private Step take(long nowNanos) {
        Decision.Taken granted = taken;
        Credit credit = giveUp();
        if (granted == null || credit == null) {
            throw new IllegalStateException("nothing was taken");
        }
        long lateness = storeClock.micros(0) - credit.at() - storeClock.tripNanos() / 1_000;
        if (lateness > Math.max(LEAST_TOLERANCE_MICROS, Durations.microsUp(request.margin()))) {
            if (++late <= MOST_LATE) {
                attempts--;
                return ask(nowNanos, credit);
            }
            Reason reason = request.waiting() instanceof Waiting.None ? Reason.EXHAUSTED : Reason.WAIT_TOO_LONG;
            return new Step.Done(new Denied(Duration.ZERO, reason, granted.remaining()), credit);
        }
        return new Step.Done(new Granted(
                granted.remaining(),
                Duration.ofNanos(nowNanos - startNanos),
                new Basis.Store(credit),
                Durations.ofMicros(Math.max(0, granted.next() - granted.at()))));
    }

    /** What the caller holds at this moment: to be given back if it goes away. Afterwards it holds nothing. */
    @Nullable
    Credit giveUp() {
        unwatch();
        if (taken == null) {
            return null;
        }
        taken = null;
        return new Credit(request.key(), request.credits(), at);
    }

    private void unwatch() {
        Holds.Hold watched = hold;
        if (watched != null) {
            long growth = watched.held() - heldAtGrant;
            if (growth > 0) {
                at += growth;
                heldAtGrant += growth;
            }
            hold = null;
            holds.unwatch(request.key());
        }
    }
}
