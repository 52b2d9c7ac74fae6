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

    /*
     * Late is not on time. The store says on its own clock for when the credits are. When the reply comes, this is
     * turned once into a time on ours, `due`: the latest at which it can be (see RemoteClock). It must not be compared
     * with the store's clock again after the sleep: that is logical, differs from key to key after a step back (by the
     * `adj` of each), and may have been learnt anew from another key's reply meanwhile.
     *
     * Who passes `due` by more than the margin, less a little for the way to the provider, gives back and asks again; that
     * is not an attempt. If it goes on like
     * that, the network may have become slower than the quickest trip we remember; then each reply would look late. So
     * after DOUBTFUL times the remembered trip is forgotten: the next one is believed, however long it was. (Measured
     * in virtual time: from 0.2 ms to 40 ms with a margin of 5 ms, eleven trips once, then one each.) A machine that
     * stands still more than it runs is told so after MOST_LATE; three in a row are an ordinary stall.
     */

    /**
     * Shortest lateness that counts: below it lies the ordinary jitter of waking up. Otherwise it is the margin, which is
     * what the provider forgives in all, less as much again for the jitter of the way to it.
     */
    private static final long LEAST_TOLERANCE_MICROS = 5_000;

    private static final int DOUBTFUL = 10;
    private static final int MOST_LATE = 100;

    private final CreditRequest request;
    private final Holds holds;
    private final RemoteClock storeClock;
    private final Duration storeTimeout;
    private final boolean mayWait;
    private final long startNanos;

    private int attempts;
    private int late;
    private boolean refused;
    private Decision.@Nullable Taken taken;
    private long at;
    private long dueNanos;
    private Holds.@Nullable Watch hold;
    private @Nullable CreditStoreException storeFailure;

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
    Step replied(Trips.Answer answer, long nowNanos) {
        Reply reply = answer.reply();
        holds.learn(request.key(), reply.held(), reply.now());
        Decision decision = reply.decisions().get(0);
        long wait = decision.at() - reply.now();
        if (decision instanceof Decision.Taken granted) {
            taken = granted;
            at = granted.at();
            dueNanos = answer.decidedNanos() + wait * 1_000;
            if (wait > 0) {
                hold = holds.watch(request.key(), reply.held(), reply.now());
                return new Step.Sleep(dueNanos - nowNanos, null);
            }
            return take(nowNanos);
        }
        Reason reason = decision instanceof Decision.Paused ? Reason.PAUSED : reasonOfRefusal();
        return denied(new Denied(Durations.ofMicros(Math.max(0, wait)), reason, decision.remaining()), nowNanos, null);
    }

    private Reason reasonOfRefusal() {
        if (!request.waits()) {
            return Reason.EXHAUSTED;
        }
        if (!mayWait) {
            return Reason.TOO_MANY_WAITERS;
        }
        return request.waiting() instanceof Waiting.UpTo ? Reason.WAIT_TOO_LONG : Reason.EXHAUSTED;
    }

    /** The store has not answered in time, or could not. */
    Step failed(long nowNanos, CreditStoreException cause) {
        storeFailure = cause;
        return unavailable(nowNanos, null);
    }

    private Step unavailable(long nowNanos, @Nullable Credit unused) {
        return denied(new Denied(storeTimeout, Reason.STORE_UNAVAILABLE, 0), nowNanos, unused);
    }

    private Step denied(Denied denied, long nowNanos, @Nullable Credit unused) {
        if (!mayWait || !(request.waiting() instanceof Waiting.Retries again) || attempts > again.retries()) {
            return new Step.Done(denied, unused);
        }
        long left = again.maxWait()
                .map(maxWait -> maxWait.toNanos() - (nowNanos - startNanos))
                .orElse(Long.MAX_VALUE);
        long until = Durations.nanos(denied.retryAfter());
        long pause = again.interval().map(Durations::nanos).orElse(until);
        if (pause <= left) {
            refused = true;
            return new Step.Sleep(pause, unused);
        }
        Reason reason = denied.reason() == Reason.EXHAUSTED && until > left ? Reason.WAIT_TOO_LONG : denied.reason();
        return new Step.Done(new Denied(denied.retryAfter(), reason, denied.remaining()), unused);
    }

    /** The sleep is over. */
    Step woke(long nowNanos) {
        if (refused) {
            refused = false;
            return ask(nowNanos, null);
        }
        if (moved()) {
            return new Step.Sleep(dueNanos - nowNanos, null);
        }
        return take(nowNanos);
    }

    /** Whether a pause has moved the credits since we last looked: they are for that much later. */
    private boolean moved() {
        Holds.Watch watched = hold;
        long growth = watched == null ? 0 : watched.growth();
        if (growth <= 0) {
            return false;
        }
        at += growth;
        dueNanos += growth * 1_000;
        return true;
    }

    /** The time of the credits has come; but has it passed? Then the call would fall into somebody else's window. */
    private Step take(long nowNanos) {
        Decision.Taken granted = taken;
        Credit credit = giveUp();
        if (granted == null || credit == null) {
            throw new IllegalStateException("nothing was taken");
        }
        long tolerance =
                Math.max(LEAST_TOLERANCE_MICROS, Durations.microsUp(request.margin()) - LEAST_TOLERANCE_MICROS);
        if ((nowNanos - dueNanos) / 1_000 > tolerance) {
            return tooLate(nowNanos, credit);
        }
        Granted answer = new Granted(
                granted.remaining(),
                Duration.ofNanos(nowNanos - startNanos),
                new Basis.Store(credit),
                Durations.ofMicros(Math.max(0, granted.next() - granted.at())));
        return new Step.Done(answer, null);
    }

    private Step tooLate(long nowNanos, Credit credit) {
        late++;
        if (late > MOST_LATE) {
            storeFailure = new CreditStoreException("credits came later than the margin allows, " + late
                    + " times: the network is slow, or this JVM stands still");
            return unavailable(nowNanos, credit);
        }
        if (late % DOUBTFUL == 0) {
            storeClock.forget();
        }
        attempts--;
        return ask(nowNanos, credit);
    }

    /** Why the store did not decide when it was last asked in vain; null if that never was. */
    @Nullable
    CreditStoreException storeFailure() {
        return storeFailure;
    }

    /** What the caller holds at this moment: to be given back if it goes away. Afterwards it holds nothing. */
    @Nullable
    Credit giveUp() {
        if (hold != null) {
            moved();
            hold = null;
            holds.unwatch(request.key());
        }
        if (taken == null) {
            return null;
        }
        taken = null;
        return new Credit(request.key(), request.credits(), at);
    }
}
