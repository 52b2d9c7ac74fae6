package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.Trips.Answer;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The commonest call: for one key, and it does not wait. Where the answer is here as soon as it has asked (the store is in memory, or a
 * refusal is remembered), it is the caller's; there are no steps to be made ({@link Acquiring}).
 */
final class AtOnce {

    /** What became of the request. */
    sealed interface Outcome {

        /** That was all. */
        record Answered(Acquisition answer) implements Outcome {}

        /** The trip is under way. */
        record Sent(CompletableFuture<Reply> reply, long id, long startNanos) implements Outcome {}

        /** It takes further steps. */
        record Begun(CompletableFuture<Answer> trip, long startNanos) implements Outcome {}
    }

    private final Trips trips;
    private final StoreWatch watch;
    private final Undecided undecided;
    private final Denials denials;
    private final Holds holds;
    private final TimeSource time;
    private final Asking asking;

    AtOnce(
            Trips trips,
            StoreWatch watch,
            Undecided undecided,
            Denials denials,
            Holds holds,
            TimeSource time,
            Patience patience) {
        this.trips = trips;
        this.watch = watch;
        this.undecided = undecided;
        this.denials = denials;
        this.holds = holds;
        this.time = time;
        this.asking = new Asking(0, patience);
    }

    /** Whether such a call can be asked for here: the store alone decides it. */
    boolean suits(Bundle bundle) {
        return !bundle.several() && !bundle.first().waits() && !undecided.hasShares();
    }

    /** Asks; whether and when it was answered remains to be seen. */
    Outcome ask(Bundle bundle) {
        long startNanos = time.nanoTime();
        Optional<StoreAwayException> away = watch.away();
        if (away.isPresent()) {
            return new Outcome.Begun(CompletableFuture.failedFuture(away.get()), startNanos);
        }
        CreditRequest request = bundle.first();
        Optional<Reply> known = denials.of(request, startNanos);
        if (known.isPresent()) {
            return new Outcome.Answered(denied(known.get()));
        }
        long id = Request.newId();
        CompletableFuture<Reply> asked = trips.send(request, asking, id);
        Outcome.Sent sent = new Outcome.Sent(asked, id, startNanos);
        if (!asked.isDone()) {
            return sent;
        }
        if (asked.isCompletedExceptionally()) {
            return goOn(bundle, sent);
        }
        try {
            Reply reply = asked.join();
            long nowNanos = time.nanoTime();
            return answered(bundle, sent, reply, nowNanos, decided(bundle, sent, reply, nowNanos));
        } catch (RuntimeException | Error e) { // a store that answers what it must not
            return new Outcome.Begun(CompletableFuture.failedFuture(e), startNanos);
        }
    }

    /** The same trip, for who takes further steps. */
    Outcome.Begun goOn(Bundle bundle, Outcome.Sent sent) {
        CompletableFuture<Answer> trip =
                trips.answer(bundle, sent.reply(), sent.id(), sent.startNanos(), asking.patience());
        return new Outcome.Begun(trip, sent.startNanos());
    }

    /** What is answered by a trip that was under way. */
    Outcome replied(Bundle bundle, Outcome.Sent sent, Reply reply) {
        try {
            long nowNanos = time.nanoTime();
            long decidedNanos = decided(bundle, sent, reply, nowNanos);
            denials.learn(bundle.first(), reply, decidedNanos);
            return answered(bundle, sent, reply, nowNanos, decidedNanos);
        } catch (RuntimeException | Error e) {
            return new Outcome.Begun(CompletableFuture.failedFuture(e), sent.startNanos());
        }
    }

    private long decided(Bundle bundle, Outcome.Sent sent, Reply reply, long nowNanos) {
        return trips.decided(bundle.first(), reply, sent.startNanos(), nowNanos, asking.patience());
    }

    private Outcome answered(Bundle bundle, Outcome.Sent sent, Reply reply, long nowNanos, long decidedNanos) {
        CreditRequest request = bundle.first();
        Decision decision = reply.decisions().get(0);
        if (!(decision instanceof Decision.Taken)) {
            holds.learn(request.key(), reply, nowNanos);
            return new Outcome.Answered(denied(reply));
        }
        Credit credit = new Credit(
                request.key(), request.credits(), decision.at(), reply.grant().orElse(sent.id()));
        long dueNanos = decidedNanos + (decision.at() - reply.now()) * 1_000;
        if (dueNanos - nowNanos > 0 || Acquiring.isLate(bundle, nowNanos - dueNanos)) {
            Answer answer = new Answer(List.of(reply), decidedNanos, Decider.STORE, List.of(credit));
            return new Outcome.Begun(CompletableFuture.completedFuture(answer), sent.startNanos());
        }
        holds.learn(request.key(), reply, nowNanos);
        credit.due(dueNanos, 0, request.margin());
        Duration waited = Duration.ofNanos(nowNanos - sent.startNanos());
        Duration untilNext = Durations.ofMicros(Math.max(0, decision.next() - decision.at()));
        return new Outcome.Answered(new Granted(decision.remaining(), waited, new Basis.Store(credit), untilNext));
    }

    private static Denied denied(Reply reply) {
        Decision decision = reply.decisions().get(0);
        return new Denied(
                Durations.ofMicros(Math.max(0, decision.at() - reply.now())),
                decision instanceof Decision.Paused ? Acquisition.Reason.PAUSED : Acquisition.Reason.EXHAUSTED,
                decision.remaining());
    }
}
