package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Held;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Trips to the store: to take, and to give back. Whatever a store throws at once fails the trip, and nothing else. */
final class Trips {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final int MOST_WARNINGS = 1_000;

    private static final long LEAST_STEP_MICROS = 1_000;
    /** When a trip was sent of which that is not known: nothing follows from it. */
    private static final long LONG_AGO_NANOS = Duration.ofDays(1).toNanos();

    /**
     * What the store answered, and when.
     *
     * @param replies one for each key
     * @param decidedNanos the latest moment of our own clock at which the store can have decided
     * @param decider who decided, not the store perhaps
     * @param credits what was granted: nothing, or a receipt for each key
     * @param queued a place in the queue, to be given back if the caller goes away
     */
    record Answer(List<Reply> replies, long decidedNanos, Decider decider, List<Credit> credits, List<Credit> queued) {

        Answer(List<Reply> replies, long decidedNanos, Decider decider, List<Credit> credits) {
            this(replies, decidedNanos, decider, credits, List.of());
        }

        /** Whether the store took nothing, since it does not know the lease. */
        boolean isLost() {
            return !replies.isEmpty() && replies.get(0).decisions().get(0) instanceof Decision.Lost;
        }

        /** Nobody was asked. */
        static Answer ofNobody(long nowNanos) {
            return new Answer(List.of(), nowNanos, Decider.NOBODY, List.of());
        }

        /** Whether something was granted for now: not a place in the line, which was promised and is kept. */
        boolean isForNow() {
            return !credits.isEmpty()
                    && replies.stream()
                            .allMatch(reply -> reply.decisions().get(0).at() <= reply.now());
        }

        /** The store's answer, where a share was taken too: that goes back with what the store granted. */
        Answer beside(Answer share) {
            Map<CreditKey, Credit> shares =
                    share.credits.stream().collect(Collectors.toMap(Credit::key, Function.identity()));
            List<Credit> both = credits.stream()
                    .map(credit -> credit.beside(shares.get(credit.key())))
                    .toList();
            return new Answer(replies, decidedNanos, Decider.STORE_AND_SHARE, both);
        }
    }

    /** A receipt for one reply to one request. */
    interface Receipt {
        Credit of(CreditKey key, int credits, long at);
    }

    private final CreditStore store;
    private final Duration timeout;
    private final TimeSource time;
    private final RemoteClock storeClock;
    private final Holds holds;
    private final Underway underway;
    private final Listeners listeners;
    private final StoreWatch watch;
    private final @Nullable Shares shares;
    private final Denials denials;
    private final Set<String> disagreed = ConcurrentHashMap.newKeySet();
    private volatile long farthestAhead;

    Trips(
            CreditStore store,
            Duration timeout,
            TimeSource time,
            RemoteClock storeClock,
            Holds holds,
            Underway underway,
            Listeners listeners,
            StoreWatch watch,
            @Nullable Shares shares,
            Denials denials) {
        this.store = store;
        this.timeout = timeout;
        this.time = time;
        this.storeClock = storeClock;
        this.holds = holds;
        this.underway = underway;
        this.listeners = listeners;
        this.watch = watch;
        this.shares = shares;
        this.denials = denials;
    }

    /** Asks for the credits of one call. */
    CompletableFuture<Answer> ask(Bundle bundle, Asking asking) {
        Seat seat = bundle.seat();
        if (seat != null) {
            return ask(bundle, seat, asking);
        }
        long sent = time.nanoTime();
        if (!bundle.several()) {
            return askForOne(bundle, asking, sent);
        }
        long id = Request.newId();
        return send(() -> store.takeAll(calls(bundle, asking, id)))
                .thenApply(replies -> answer(bundle, replies, id, sent));
    }

    private CompletableFuture<Answer> askForOne(Bundle bundle, Asking asking, long sent) {
        CreditRequest request = bundle.first();
        Optional<Reply> known = asking.maxWaitMicros() > 0 ? Optional.empty() : denials.of(request, sent);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(new Answer(List.of(known.get()), sent, Decider.STORE, List.of()));
        }
        long id = Request.newId();
        return answer(bundle, send(request, asking, id), id, sent, asking.patience());
    }

    /** Asks for the credits of one key, under that identity. */
    CompletableFuture<Reply> send(CreditRequest request, Asking asking, long id) {
        try {
            return store.take(call(request, asking, id)).toCompletableFuture();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What the store answers to what was sent then. */
    CompletableFuture<Answer> answer(
            Bundle bundle, CompletableFuture<Reply> asked, long id, long sent, Patience patience) {
        boolean costsNothing = asked.isDone(); // and is not worth remembering
        return asked.thenApply(reply -> {
            Answer answer = answer(bundle, List.of(reply), id, sent);
            if (!costsNothing) {
                denials.learn(bundle.first(), reply, inTime(answer.decidedNanos(), sent, patience));
            }
            return answer;
        });
    }

    /** The same for a call that is counted until it ends. */
    private CompletableFuture<Answer> ask(Bundle bundle, Seat seat, Asking asking) {
        CreditRequest request = bundle.first();
        Request wish = new Request(request.credits(), asking.maxWaitMicros(), seat.ticket());
        long sent = time.nanoTime();
        return send(() -> store.take(seat.lease()
                        .call(request, List.of(wish), asking.patience().time())))
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        seat.lease().doubt(); // it may have been granted all the same
                    }
                })
                .thenApply(reply -> answer(bundle, seat, reply, sent));
    }

    private Answer answer(Bundle bundle, Seat seat, Reply reply, long sent) {
        List<Reply> replies = List.of(reply);
        long latest = decided(bundle, replies, sent);
        Decision decision = reply.decisions().get(0);
        Lease lease = seat.lease();
        Departure departure = new Departure(bundle.first(), seat, latest + (decision.at() - reply.now()) * 1_000);
        if (time.nanoTime() - sent > lease.longestTripNanos()) {
            // It may have run out in the meantime, if this JVM stood still: what was granted then does not count any
            // more.
            lease.doubt();
            giveBackWhatIsNotOfTheLease(departure, decision);
            Decision lost = new Decision.Lost(decision.at(), decision.remaining(), decision.next());
            return new Answer(List.of(reply.with(List.of(lost))), latest, Decider.STORE, List.of());
        }
        if (decision instanceof Decision.Taken taken) {
            Credit credit = Credit.of(departure, taken.at());
            lease.departed(credit, seat.ticket(), departure.begunNanos());
            return new Answer(replies, latest, Decider.STORE, List.of(credit));
        }
        if (decision instanceof Decision.Lost) {
            lease.lost();
        }
        if (decision instanceof Decision.Queued) {
            lease.queued(seat.ticket());
            return new Answer(replies, latest, Decider.STORE, List.of(), List.of(Credit.queuedFor(departure)));
        }
        lease.refused(seat.ticket());
        return new Answer(replies, latest, Decider.STORE, List.of());
    }

    /** What counts until the call has ended goes with the lease; not so credits that count from the grant, nor a place in the queue. */
    private void giveBackWhatIsNotOfTheLease(Departure departure, Decision decision) {
        CreditRequest request = departure.request();
        if (decision instanceof Decision.Queued) {
            giveBack(List.of(Credit.queuedFor(departure)));
        } else if (decision instanceof Decision.Taken && request.flow().countUntil() == CountUntil.GRANT) {
            long ticket = departure.seat().ticket();
            giveBack(List.of(new Credit(request.key(), request.credits(), decision.at(), ticket)));
        }
    }

    private long decided(Bundle bundle, List<Reply> replies, long sent) {
        watch.answered(sent);
        check(bundle, replies);
        return learn(sent, time.nanoTime(), replies.get(0));
    }

    /** When the store decided about one key, as far as is believed: it has answered to what was sent then. */
    long decided(CreditRequest request, Reply reply, long sentNanos, long receivedNanos, Patience patience) {
        watch.answered(sentNanos);
        check(request, reply);
        return inTime(learn(sentNanos, receivedNanos, reply), sentNanos, patience);
    }

    /** A key whose time has got farther ahead than any before tells that the machine's clock was set back: less than a trip may hide. */
    private long learn(long sentNanos, long receivedNanos, Reply reply) {
        long ahead = reply.now() - reply.clock();
        if (ahead > farthestAhead + LEAST_STEP_MICROS) {
            farthestAhead = ahead;
            storeClock.forget();
        }
        return storeClock.learn(sentNanos, receivedNanos, reply.clock());
    }

    /**
     * When it is believed to have decided: a store that gets to a call later than it is waited for charges nothing. But it may not have
     * known how long that is, and who sends may have been held up before he told it: nobody goes earlier by this.
     */
    static long inTime(long decidedNanos, long sentNanos, Patience patience) {
        return sentNanos + Math.min(decidedNanos - sentNanos, patience.time().toNanos());
    }

    private Answer answer(Bundle bundle, List<Reply> replies, long id, long sent) {
        long grant = replies.get(0).grant().orElse(id);
        Receipt receipt = (key, credits, at) -> new Credit(key, credits, at, grant);
        long latest = decided(bundle, replies, sent);
        return new Answer(replies, latest, Decider.STORE, credits(bundle.requests(), replies, receipt));
    }

    private List<Call> calls(Bundle bundle, Asking asking, long id) {
        List<Call> calls = new ArrayList<>(bundle.requests().size());
        bundle.requests().forEach(request -> calls.add(call(request, asking, id)));
        return calls;
    }

    private Call call(CreditRequest request, Asking asking, long id) {
        Request wish = new Request(request.credits(), asking.maxWaitMicros(), id);
        return new Call(
                request.key(),
                request.limits(),
                request.margin(),
                request.pace(),
                Optional.empty(),
                List.of(wish),
                asking.patience().time());
    }

    private void check(Bundle bundle, List<Reply> replies) {
        List<CreditRequest> requests = bundle.requests();
        if (replies.size() != requests.size()) {
            throw fault(bundle.first(), replies.size() + " replies for " + requests.size() + " keys");
        }
        for (int i = 0; i < replies.size(); i++) {
            check(requests.get(i), replies.get(i));
            if (isTaken(replies.get(i)) != isTaken(replies.get(0))) {
                throw fault(requests.get(0), "a grant for one key and a refusal for another");
            }
        }
    }

    private void check(CreditRequest request, Reply reply) {
        if (reply.decisions().size() != 1) {
            throw fault(request, reply.decisions().size() + " decisions for one request");
        }
        if (reply.otherLimits()) {
            warnOnce(request);
        }
    }

    private static boolean isTaken(Reply reply) {
        return reply.decisions().get(0) instanceof Decision.Taken;
    }

    private IllegalStateException fault(CreditRequest request, String what) {
        return new IllegalStateException("the store made " + what
                + Check.of(request.key().limiter()) + ": correct "
                + store.getClass().getName());
    }

    private void warnOnce(CreditRequest request) {
        if (disagreed.size() < MOST_WARNINGS && disagreed.add(request.key().limiter())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Limiter ''{0}'': another caller states other limits for the same key than {1}; all are respected",
                    request.key().limiter(),
                    request.limits());
        }
    }

    /** What failed a trip, without what futures wrap it in. */
    static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A trip whose caller has gone: if it was granted all the same, the credit comes back. */
    void refundWhenItArrives(CompletableFuture<Answer> trip) {
        refundWhenItArrives(trip, List.of());
    }

    /**
     * The same for a caller that had a place in the queue before. Its answer tells what there is to give back: the place may be a call by
     * now, and to withdraw it at once and give the call back when the answer comes would end two. So only where none comes it is withdrawn.
     */
    void refundWhenItArrives(CompletableFuture<Answer> trip, List<Credit> place) {
        if (trip instanceof BesideTrip beside) {
            beside.shareIsNotUsed();
        }
        boolean begun = underway.begin();
        var unused = trip.whenComplete((answer, failure) -> {
            if (answer != null) {
                giveBack(whereTheyAre(answer));
                giveBack(answer.queued());
            } else if (!StoreAwayException.followedAnAnswer(failure)) {
                giveBack(place);
            }
            if (begun) {
                underway.end();
            }
        });
    }

    /** A place in the line, which a pause of our own may have moved before we heard of it. */
    private List<Credit> whereTheyAre(Answer answer) {
        if (!answer.decider().isStore() || answer.credits().size() != 1 || answer.isForNow()) {
            return answer.credits();
        }
        Credit credit = answer.credits().get(0);
        long now = time.nanoTime();
        Holds.Watch watch = holds.watch(credit.key(), answer.replies().get(0), now - LONG_AGO_NANOS, now);
        Credit moved = credit.later(watch.growth());
        moved.perhapsLater(watch.inDoubtMicros());
        holds.unwatch(credit.key());
        return List.of(moved);
    }

    /** What requests were granted: nothing, or a receipt for each. */
    static List<Credit> credits(List<CreditRequest> requests, List<Reply> replies, Receipt receipt) {
        if (!isTaken(replies.get(0))) {
            return List.of();
        }
        if (requests.size() == 1) {
            return List.of(credit(requests.get(0), replies.get(0), receipt));
        }
        List<Credit> credits = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            credits.add(credit(requests.get(i), replies.get(i), receipt));
        }
        return credits;
    }

    private static Credit credit(CreditRequest request, Reply reply, Receipt receipt) {
        return receipt.of(
                request.key(), request.credits(), reply.decisions().get(0).at());
    }

    /** Gives back what a caller does not want any more, if that is anything. */
    void giveBack(List<Credit> credits) {
        for (Credit credit : credits) {
            var unused = refund(credit).whenComplete((dropped, failure) -> {
                if (failure != null) {
                    LOG.log(System.Logger.Level.DEBUG, "Credits could not be given back", failure);
                }
            });
        }
    }

    CompletableFuture<Integer> refund(Credit credit) {
        Departure departure = credit.departure();
        if (departure != null) {
            return notMade(credit, departure);
        }
        denials.forget(credit.key());
        Credit beside = credit.share();
        if (beside != null) {
            giveBackToTheShare(beside);
        }
        return listeners.refunding(
                credit.key(),
                credit.isShare() ? CompletableFuture.completedFuture(giveBackToTheShare(credit)) : dropped(credit));
    }

    private CompletableFuture<Integer> dropped(Credit credit) {
        CreditStore.Refund refund = credit.refund();
        CompletableFuture<Integer> dropped = whileOpen(() -> refund == null
                ? store.refund(credit.key(), credit.credits(), credit.at())
                : store.refund(credit.key(), refund));
        long later = credit.perhapsLaterMicros();
        return later == 0
                ? dropped
                : dropped.thenCompose(number ->
                        number > 0 ? CompletableFuture.completedFuture(number) : dropped(credit.later(later)));
    }

    /** Once more what the store may have done already. The share has its part, and the place of a call is free when its lease ends. */
    CompletableFuture<Integer> refundAgain(Credit credit) {
        CreditStore.Refund refund = Objects.requireNonNull(credit.refund(), "tried once");
        return listeners.refunding(credit.key(), whileOpen(() -> store.refundAgain(credit.key(), refund)));
    }

    private CompletableFuture<Integer> notMade(Credit credit, Departure departure) {
        listeners.callEnded(credit, CallEnd.ANSWERED, time.nanoTime());
        Lease lease = departure.seat().lease();
        CreditRequest request = departure.request();
        Request end = departure.end();
        CreditStore.Call call = lease.call(request, List.of(end), timeout);
        if (credit.isQueued()) {
            return withdrawn(credit, departure.seat(), call);
        }
        lease.landing(credit);
        CompletableFuture<Integer> told = whileOpen(
                        () -> store.notMade(call, departure.seat().ticket()))
                .whenComplete(lease::landed)
                .thenApply(known -> known ? end.credits() : 0);
        if (request.flow().countUntil() == CountUntil.GRANT) {
            return listeners.refunding(credit.key(), dropped(credit));
        }
        return listeners.refunding(credit.key(), told);
    }

    /** Nobody waits for this place any more. Where that may not have been heard it is told again, and does nothing if it was. */
    private CompletableFuture<Integer> withdrawn(Credit place, Seat seat, Call call) {
        Lease lease = seat.lease();
        lease.landing(place);
        return whileOpen(() -> store.withdrawn(call, seat.ticket()))
                .whenComplete(lease::landed)
                .whenComplete((known, failure) -> {
                    if (failure != null) {
                        lease.tellAgain(() -> {
                            var unused = withdrawn(place, seat, call);
                        });
                    }
                })
                .thenApply(known -> 0);
    }

    private int giveBackToTheShare(Credit credit) {
        return shares == null ? 0 : shares.giveBack(credit);
    }

    CompletableFuture<Held> pause(CreditKey key, Duration duration) {
        denials.forget(key);
        return whileOpen(() -> store.pause(key, duration));
    }

    private <T> CompletableFuture<T> whileOpen(Supplier<CompletionStage<T>> call) {
        if (!underway.begin()) {
            return CompletableFuture.failedFuture(new IllegalStateException("the limiter is closed"));
        }
        return send(call).whenComplete((answer, failure) -> underway.end());
    }

    private static <T> CompletableFuture<T> send(Supplier<CompletionStage<T>> call) {
        try {
            return call.get().toCompletableFuture();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
