package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.DecidedBy;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.RemoteClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
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
     * Who passes `due` by more than the margin, less a little for the way to the provider, gives back and asks again: Lateness
     * tells for how long.
     */

    /**
     * Shortest lateness that counts: below it lies the ordinary jitter of waking up. Otherwise it is the margin, which is
     * what the provider forgives in all, less as much again for the jitter of the way to it.
     */
    private static final long LEAST_TOLERANCE_MICROS = 5_000;

    private static final int MOST_LOST = 3;

    /**
     * First and longest time after which a caller that is queued for asks again, though it was not called: messages get lost; or who
     * is not queued for, and knows no better time.
     */
    private static final long LEAST_PATIENCE_NANOS = 100_000_000;

    private static final long MOST_PATIENCE_NANOS = 1_000_000_000;

    private Bundle bundle;
    private final Holds holds;
    private final Flights flights;
    private final RemoteClock storeClock;
    private final Patience.Usual usual;
    private final Lateness lateness;
    private final boolean mayWait;
    private final long startNanos;

    private int attempts;
    private int lost;
    private boolean refused;
    /** What it holds now; nothing, or a receipt for each key. */
    private List<Credit> taken = List.of();
    /** Its place in the queue. */
    private List<Credit> queued = List.of();

    private long patienceNanos = LEAST_PATIENCE_NANOS;
    private int remaining;
    private Duration untilNext = Duration.ZERO;
    private Decider decider = Decider.STORE;
    /** When the store's time began for it, which is when it need not wait any more: however often it asks, it has that once. */
    private long begunNanos;

    private long askedNanos;
    /** With which the store was last asked. */
    private Patience patience;

    private long repliedNanos;
    private long dueNanos;
    private Holds.@Nullable Watch hold;
    private @Nullable CreditStoreException storeFailure;
    /** Whether its number has been granted: it asks by another one. */
    private boolean seatIsUsed;

    Acquiring(
            Bundle bundle,
            Holds holds,
            Flights flights,
            RemoteClock storeClock,
            Patience.Usual usual,
            boolean mayWait,
            long startNanos) {
        this.bundle = bundle;
        this.holds = holds;
        this.flights = flights;
        this.storeClock = storeClock;
        this.usual = usual;
        this.patience = usual;
        this.lateness = new Lateness(usual);
        this.mayWait = mayWait;
        this.startNanos = startNanos;
        this.begunNanos = startNanos + longestWaitNanos();
    }

    /** The first step. */
    Step start() {
        return ask(startNanos);
    }

    private Step ask(long nowNanos) {
        if (longestWaitNanos() == 0) {
            begunNanos = nowNanos;
        }
        return ask(nowNanos, usual, List.of());
    }

    private Step ask(long nowNanos, Patience most, List<Credit> unused) {
        attempts++;
        askedNanos = nowNanos;
        patience = most;
        if (mayWait && !bundle.several() && bundle.waiting() instanceof Waiting.UpTo upTo) {
            long left = Durations.microsUp(upTo.maxWait()) - (nowNanos - startNanos) / 1_000;
            return new Step.Ask(new Asking(Math.max(0, left), patience), unused);
        }
        return new Step.Ask(new Asking(0, patience), unused);
    }

    /** For who is about to ask, and has given back what it did not use: under a lease that is open, by a number that is not used. */
    void sit() {
        Seat seat = bundle.seat();
        if (seat == null) {
            return;
        }
        if (queued.isEmpty() && (seatIsUsed || !seat.lease().isOpen())) {
            bundle = bundle.in(flights.another(seat, bundle.first()));
        } else {
            seat.asks();
        }
        seatIsUsed = false;
    }

    /** The store has answered. */
    Step replied(Trips.Answer answer, long nowNanos) {
        decider = answer.decider();
        repliedNanos = nowNanos;
        queued = answer.queued();
        if (answer.isLost()) {
            return lost(nowNanos);
        }
        lost = 0;
        // The store may have granted what the share has refused: that has gone back, and its number is used.
        seatIsUsed |= bundle.seat() != null && !decider.isStore();
        if (decider == Decider.NOBODY) {
            Duration waited = Duration.ofNanos(nowNanos - startNanos);
            return new Step.Done(
                    new Granted(bundle.mostRemaining(), waited, new Basis.Policy(), Duration.ZERO), List.of());
        }
        List<Reply> replies = answer.replies();
        int latest = 0;
        for (int i = 0; i < replies.size(); i++) {
            Reply reply = replies.get(i);
            if (decider.isStore()) {
                holds.learn(bundle.requests().get(i).key(), reply, nowNanos);
            }
            latest = wait(reply) > wait(replies.get(latest)) ? i : latest;
        }
        Reply reply = replies.get(latest);
        long wait = wait(reply);
        long decidedNanos = decidedNanos(answer);
        taken = answer.credits();
        if (!queued.isEmpty()) {
            return queue(decidedNanos + wait * 1_000 - nowNanos, nowNanos);
        }
        if (taken.isEmpty()) {
            Decision decision = reply.decisions().get(0);
            Reason reason = decision instanceof Decision.Paused ? Reason.PAUSED : reasonOfRefusal();
            Duration retryAfter = Durations.ofMicros(Math.max(0, wait));
            int index = bundle.indices().get(latest);
            return denied(
                    new Denied(retryAfter, reason, decision.remaining(), index, decidedBy()), nowNanos, List.of());
        }
        tell(replies);
        dueNanos = decidedNanos + wait * 1_000;
        if (wait > 0) {
            // Of several keys none waits in a line, which a pause could move.
            hold = inNoLine() ? null : holds.watch(bundle.first().key(), reply, askedNanos, nowNanos);
            if (decidedNanos != answer.decidedNanos()) {
                return tooLate(nowNanos, answer.decidedNanos() - decidedNanos, giveUp());
            }
            return new Step.Sleep(dueNanos - nowNanos, List.of());
        }
        return take(nowNanos);
    }

    /** When the store decided, as far as is believed. Where it may have been later all the same, nobody knows when a place is due. */
    private long decidedNanos(Trips.Answer answer) {
        return decider.isStore() ? Trips.inTime(answer.decidedNanos(), askedNanos, patience) : answer.decidedNanos();
    }

    /** The store does not know the lease any more: it takes nothing, and is asked under another one, which is not an attempt. */
    private Step lost(long nowNanos) {
        taken = List.of();
        seat().lease().doubt();
        lost++;
        if (lost > MOST_LOST) {
            return new Step.Unusable(causeOfLoss(), List.of());
        }
        return anew(nowNanos, this::causeOfLoss, List.of());
    }

    private CreditStoreException causeOfLoss() {
        return new CreditStoreException("the store has lost the lease of calls in flight " + lost
                + " times in a row: does it lose its state, or does this JVM stand still?");
    }

    /** What the store's time has left. Who has spent far more than that stood still meanwhile, or would have given up: for him it begins anew. */
    private Patience left(long nowNanos, Supplier<CreditStoreException> cause) {
        if (usual.stoodStill(nowNanos - begunNanos)) {
            begunNanos = nowNanos;
        }
        return usual.less(nowNanos - begunNanos, cause);
    }

    private long longestWaitNanos() {
        return mayWait && bundle.waiting() instanceof Waiting.UpTo upTo ? Durations.nanos(upTo.maxWait()) : 0;
    }

    /** Until it is called, or it is known that it may be granted; then it asks again, by the same number. */
    private Step queue(long notBeforeNanos, long nowNanos) {
        long nanos = notBeforeNanos;
        if (nanos <= 0) {
            nanos = patience();
        }
        if (bundle.waiting() instanceof Waiting.UpTo upTo) {
            nanos = Math.min(nanos, Durations.nanos(upTo.maxWait()) - (nowNanos - startNanos));
        }
        return new Step.Queue(Math.max(0, nanos), seat(), List.of());
    }

    private long patience() {
        long nanos = patienceNanos;
        patienceNanos = Math.min(MOST_PATIENCE_NANOS, 2 * patienceNanos);
        return nanos;
    }

    private Seat seat() {
        return Objects.requireNonNull(bundle.seat());
    }

    private static long wait(Reply reply) {
        return reply.decisions().get(0).at() - reply.now();
    }

    /** What a grant tells: of several keys, the fewest that remain and the last that has one again. */
    private void tell(List<Reply> replies) {
        remaining = Integer.MAX_VALUE;
        long next = 0;
        for (Reply reply : replies) {
            Decision granted = reply.decisions().get(0);
            remaining = Math.min(remaining, granted.remaining());
            next = Math.max(next, granted.next() - granted.at());
        }
        untilNext = Durations.ofMicros(next);
    }

    private DecidedBy decidedBy() {
        return decider.isStore() ? DecidedBy.STORE : DecidedBy.LOCAL;
    }

    private Reason reasonOfRefusal() {
        if (!bundle.first().waits()) {
            return Reason.EXHAUSTED;
        }
        if (!mayWait) {
            return Reason.TOO_MANY_WAITERS;
        }
        return bundle.waiting() instanceof Waiting.UpTo ? Reason.WAIT_TOO_LONG : Reason.EXHAUSTED;
    }

    /** The store has not answered in time, or could not. */
    Step failed(long nowNanos, CreditStoreException cause) {
        storeFailure = cause;
        doubt();
        return unavailable(nowNanos);
    }

    /** The same, but somebody else has decided, or nobody. */
    Step failed(long nowNanos, CreditStoreException cause, Trips.Answer instead) {
        storeFailure = cause;
        doubt();
        return replied(instead, nowNanos);
    }

    /** A reply that is overdue may come yet, or never: it may have been granted. */
    private void doubt() {
        Seat seat = bundle.seat();
        if (seat != null) {
            seat.lease().doubt();
        }
    }

    /** For how long it was waited for then. */
    Duration waitedFor() {
        return patience.time();
    }

    /** When the store was last asked. */
    long askedNanos() {
        return askedNanos;
    }

    private boolean inNoLine() {
        return bundle.several() || decider != Decider.STORE;
    }

    private Step unavailable(long nowNanos) {
        return denied(new Denied(usual.time(), Reason.STORE_UNAVAILABLE, 0), nowNanos, List.of());
    }

    private Step denied(Denied denied, long nowNanos, List<Credit> unused) {
        if (mayWait && bundle.waiting() instanceof Waiting.Retries again && attempts <= again.retries()) {
            return again(again, denied, nowNanos, unused);
        }
        if (mayWait && inNoLine() && bundle.waiting() instanceof Waiting.UpTo upTo) {
            return inNoLine(upTo, denied, nowNanos, unused);
        }
        return new Step.Done(denied, unused);
    }

    /** Several keys, or a share: there is no line to stand in, so it asks again when the answer said, if there is time for it. */
    private Step inNoLine(Waiting.UpTo upTo, Denied denied, long nowNanos, List<Credit> unused) {
        long left = Durations.nanos(upTo.maxWait()) - (nowNanos - startNanos);
        long until = Durations.nanos(denied.retryAfter());
        if (denied.reason() == Reason.STORE_UNAVAILABLE || until > left) {
            return new Step.Done(denied, unused);
        }
        refused = true;
        return new Step.Sleep(until, unused);
    }

    private Step again(Waiting.Retries again, Denied denied, long nowNanos, List<Credit> unused) {
        long left = again.maxWait()
                .map(maxWait -> maxWait.toNanos() - (nowNanos - startNanos))
                .orElse(Long.MAX_VALUE);
        long until = Durations.nanos(denied.retryAfter());
        // Nobody knows when a place will be free: then the answer says 0.
        long pause = again.interval().map(Durations::nanos).orElseGet(() -> until > 0 ? until : patience());
        if (pause <= left) {
            refused = true;
            return new Step.Sleep(pause, unused);
        }
        Reason reason = denied.reason() == Reason.EXHAUSTED && until > left ? Reason.WAIT_TOO_LONG : denied.reason();
        return new Step.Done(
                new Denied(denied.retryAfter(), reason, denied.remaining(), denied.request(), denied.decidedBy()),
                unused);
    }

    /** The sleep is over. */
    Step woke(long nowNanos) {
        if (!queued.isEmpty()) {
            return ask(nowNanos, left(nowNanos, Acquiring::causeOfSilence), List.of());
        }
        if (refused) {
            refused = false;
            return ask(nowNanos);
        }
        boolean moved = moved();
        if (hold != null && hold.inDoubtMicros() > 0) {
            // Nobody knows whether a pause has moved what it holds: that goes back.
            taken.get(0).perhapsLater(hold.inDoubtMicros());
            return anew(nowNanos, Acquiring::causeOfSilence, giveUp());
        }
        return moved ? new Step.Sleep(dueNanos - nowNanos, List.of()) : take(nowNanos);
    }

    /** What it was told is of no use, so it asks again, by another number: which is not an attempt. */
    private Step anew(long nowNanos, Supplier<CreditStoreException> cause, List<Credit> unused) {
        attempts--;
        seatIsUsed = bundle.seat() != null;
        return ask(nowNanos, left(nowNanos, cause), unused);
    }

    private static CreditStoreException causeOfSilence() {
        return new CreditStoreException(
                CreditStoreException.Reason.TIMEOUT,
                "the store had to be asked once more, and did not answer in what was left of its time: look at its load and"
                        + " the network, or give it more time");
    }

    /** Whether a pause has moved the credits since we last looked: they are for that much later. */
    private boolean moved() {
        Holds.Watch watched = hold;
        long growth = watched == null ? 0 : watched.growth();
        if (growth <= 0) {
            return false;
        }
        taken = List.of(taken.get(0).later(growth));
        dueNanos += growth * 1_000;
        if (dueNanos - begunNanos > 0) {
            begunNanos = dueNanos; // beyond its longest wait, perhaps
        }
        return true;
    }

    /** The time of the credits has come; but has it passed? Then the call would fall into somebody else's window. */
    private Step take(long nowNanos) {
        List<Credit> credits = giveUp();
        if (isLate(bundle, nowNanos - dueNanos)) {
            return tooLate(nowNanos, nowNanos - dueNanos, credits);
        }
        for (int i = 0; i < credits.size(); i++) {
            credits.get(i)
                    .due(
                            dueNanos,
                            lateness.longestNanos(),
                            bundle.requests().get(i).margin());
        }
        Basis basis = decider.isStore() ? new Basis.Store(credits) : new Basis.Local(credits);
        Granted answer = new Granted(remaining, Duration.ofNanos(nowNanos - startNanos), basis, untilNext);
        return new Step.Done(answer, List.of());
    }

    /** Whether a call that comes so long after its time would fall into somebody else's window. */
    static boolean isLate(Bundle bundle, long nanos) {
        long micros = nanos / 1_000;
        return micros > LEAST_TOLERANCE_MICROS
                && micros > Durations.microsUp(bundle.leastMargin()) - LEAST_TOLERANCE_MICROS
                && !bundle.mayBeLate();
    }

    private Step tooLate(long nowNanos, long byNanos, List<Credit> credits) {
        lateness.add(repliedNanos - askedNanos, byNanos);
        boolean maySpendMore = hasTimeToWait(nowNanos);
        boolean usedUp = lateness.hasSpentAll() && !maySpendMore;
        if (usedUp || lateness.isDoubtful()) {
            storeClock.forget();
        }
        if (usedUp || lateness.isHopeless()) {
            return new Step.Unusable(lateness.cause(), credits);
        }
        return anew(nowNanos, lateness::cause, credits);
    }

    /** Whether others came to nothing before the trip that has had its time now, which was less than the store may take. */
    boolean hadLittleTime() {
        return usual.isFarMoreThan(patience);
    }

    /** Why there is no answer then. Where credits came too late the next trip is believed: the network may have become slow. */
    CreditStoreException hadTooLittleTime() {
        if (lateness.times() > 0) {
            storeClock.forget();
        }
        return ((Patience.Left) patience).cause().get();
    }

    private boolean hasTimeToWait(long nowNanos) {
        return nowNanos - startNanos < longestWaitNanos();
    }

    /** What is asked for, under which seat. */
    Bundle bundle() {
        return bundle;
    }

    /** For when the caller holds credits; 0 if it holds none. */
    long place() {
        return taken.isEmpty() ? 0 : taken.get(0).at();
    }

    /** How often its credits came too late, where that was in vain or more than an ordinary stall; else 0. */
    int timesLate() {
        boolean inVain = storeFailure != null && storeFailure.reason() == CreditStoreException.Reason.LATE;
        return inVain || lateness.isExtraordinary() ? lateness.times() : 0;
    }

    /** Why the store did not decide when it was last asked in vain; null if that never was. */
    @Nullable
    CreditStoreException storeFailure() {
        return storeFailure;
    }

    /** What the caller holds at this moment: to be given back if it goes away. Afterwards it holds nothing. */
    List<Credit> giveUp() {
        if (hold != null) {
            moved();
            hold = null;
            holds.unwatch(bundle.first().key());
        }
        List<Credit> credits = taken.isEmpty() ? queued : taken;
        taken = List.of();
        queued = List.of();
        return credits;
    }
}
