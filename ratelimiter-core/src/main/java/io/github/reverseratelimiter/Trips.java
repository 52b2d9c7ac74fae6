package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Trips to the store: to take, and to give back. Whatever a store throws at once fails the trip, and nothing else. */
final class Trips {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final long IDENTITIES = 1L << 48;
    private static final int MOST_WARNINGS = 1_000;

    /**
     * What the store answered, and when.
     *
     * @param decidedNanos the latest moment of our own clock at which the store can have decided
     */
    record Answer(Reply reply, long decidedNanos) {}

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

    /** Asks for the credits of one request. */
    CompletableFuture<Answer> ask(CreditRequest request, long maxWaitMicros) {
        Request wish = new Request(
                request.credits(), maxWaitMicros, ThreadLocalRandom.current().nextLong(1, IDENTITIES));
        long sent = time.nanoTime();
        return send(() ->
                        store.take(new Call(request.key(), request.limits(), request.margin(), List.of(wish), timeout)))
                .thenApply(reply -> {
                    if (reply.decisions().size() != 1) {
                        throw new IllegalStateException(
                                "the store made " + reply.decisions().size()
                                        + " decisions for one request"
                                        + Check.of(request.key().limiter())
                                        + ": correct " + store.getClass().getName());
                    }
                    if (reply.otherLimits()) {
                        warnOnce(request);
                    }
                    long decided = storeClock.learn(sent, reply.now());
                    // A store that gets to a call after its timeout charges nothing.
                    return new Answer(reply, sent + Math.min(decided - sent, timeout.toNanos()));
                });
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
    void refundWhenItArrives(CreditRequest request, CompletableFuture<Answer> trip) {
        boolean begun = underway.begin();
        var unused = trip.whenComplete((answer, failure) -> {
            if (answer != null) {
                for (Decision decision : answer.reply().decisions()) {
                    if (decision instanceof Decision.Taken taken) {
                        giveBack(new Credit(request.key(), request.credits(), taken.at()));
                    }
                }
            }
            if (begun) {
                underway.end();
            }
        });
    }

    /** Gives back what a caller does not want any more, if that is anything. */
    void giveBack(@Nullable Credit credit) {
        if (credit != null) {
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
