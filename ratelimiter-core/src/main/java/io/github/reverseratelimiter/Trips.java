package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Trips to the store: to take, and to give back. Whatever a store throws at once fails the trip, and nothing else. */
final class Trips {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final long IDENTITIES = 1L << 48;
    private static final int MOST_WARNINGS = 1_000;

    /**
     * What the store answered, and when.
     *
     * @param replies one for each key
     * @param decidedNanos the latest moment of our own clock at which the store can have decided
     */
    record Answer(List<Reply> replies, long decidedNanos) {}

    private final CreditStore store;
    private final Duration timeout;
    private final TimeSource time;
    private final RemoteClock storeClock;
    private final Underway underway;
    private final Listeners listeners;
    private final Set<String> disagreed = ConcurrentHashMap.newKeySet();

    Trips(
            CreditStore store,
            Duration timeout,
            TimeSource time,
            RemoteClock storeClock,
            Underway underway,
            Listeners listeners) {
        this.store = store;
        this.timeout = timeout;
        this.time = time;
        this.storeClock = storeClock;
        this.underway = underway;
        this.listeners = listeners;
    }

    /** Asks for the credits of one call. */
    CompletableFuture<Answer> ask(Bundle bundle, long maxWaitMicros) {
        long id = ThreadLocalRandom.current().nextLong(1, IDENTITIES);
        long sent = time.nanoTime();
        if (!bundle.several()) {
            return send(() -> store.take(call(bundle.first(), maxWaitMicros, id)))
                    .thenApply(reply -> answer(bundle, List.of(reply), sent));
        }
        return send(() -> store.takeAll(calls(bundle, maxWaitMicros, id)))
                .thenApply(replies -> answer(bundle, replies, sent));
    }

    private Answer answer(Bundle bundle, List<Reply> replies, long sent) {
        check(bundle, replies);
        long decided = storeClock.learn(sent, replies.get(0).now());
        // A store that gets to a call after its timeout charges nothing.
        return new Answer(replies, sent + Math.min(decided - sent, timeout.toNanos()));
    }

    private List<Call> calls(Bundle bundle, long maxWaitMicros, long id) {
        List<Call> calls = new ArrayList<>(bundle.requests().size());
        bundle.requests().forEach(request -> calls.add(call(request, maxWaitMicros, id)));
        return calls;
    }

    private Call call(CreditRequest request, long maxWaitMicros, long id) {
        Request wish = new Request(request.credits(), maxWaitMicros, id);
        return new Call(request.key(), request.limits(), request.margin(), List.of(wish), timeout);
    }

    private void check(Bundle bundle, List<Reply> replies) {
        List<CreditRequest> requests = bundle.requests();
        if (replies.size() != requests.size()) {
            throw fault(bundle, replies.size() + " replies for " + requests.size() + " keys");
        }
        for (int i = 0; i < replies.size(); i++) {
            Reply reply = replies.get(i);
            if (reply.decisions().size() != 1) {
                throw fault(bundle, reply.decisions().size() + " decisions for one request");
            }
            if (isTaken(reply) != isTaken(replies.get(0))) {
                throw fault(bundle, "a grant for one key and a refusal for another");
            }
            if (reply.otherLimits()) {
                warnOnce(requests.get(i));
            }
        }
    }

    private static boolean isTaken(Reply reply) {
        return reply.decisions().get(0) instanceof Decision.Taken;
    }

    private IllegalStateException fault(Bundle bundle, String what) {
        return new IllegalStateException("the store made " + what
                + Check.of(bundle.first().key().limiter()) + ": correct "
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

    /** A trip whose caller has gone: if it was granted all the same, the credit comes back. */
    void refundWhenItArrives(Bundle bundle, CompletableFuture<Answer> trip) {
        boolean begun = underway.begin();
        var unused = trip.whenComplete((answer, failure) -> {
            if (answer != null) {
                giveBack(taken(bundle, answer.replies()));
            }
            if (begun) {
                underway.end();
            }
        });
    }

    /** What a call was granted: nothing, or a receipt for each key. */
    static List<Credit> taken(Bundle bundle, List<Reply> replies) {
        if (!isTaken(replies.get(0))) {
            return List.of();
        }
        if (!bundle.several()) {
            return List.of(credit(bundle.first(), replies.get(0)));
        }
        List<Credit> credits = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            credits.add(credit(bundle.requests().get(i), replies.get(i)));
        }
        return credits;
    }

    private static Credit credit(CreditRequest request, Reply reply) {
        return new Credit(
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
        return listeners.refunding(
                credit.key(), whileOpen(() -> store.refund(credit.key(), credit.credits(), credit.at())));
    }

    CompletableFuture<Long> pause(CreditKey key, Duration duration) {
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
