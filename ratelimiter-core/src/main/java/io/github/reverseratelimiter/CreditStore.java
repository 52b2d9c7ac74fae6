package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;

/**
 * Where credits are counted: what you implement to add a store. Every store must pass {@code CreditStoreContract}
 * (published as test-jar).
 *
 * <p>Asynchronous at heart: no method waits, and a stage may be complete already. A store that is away or slow completes
 * the stage with a {@link CreditStoreException}. Times are microseconds on the store's own clock, which never goes back;
 * one clock decides for all instances.
 */
public interface CreditStore extends AutoCloseable {

    /**
     * Decides the requests of a call, in order, as one step: each is granted now, granted for a later time that is
     * written down as its place in the line, or refused, which writes nothing.
     */
    CompletionStage<Reply> take(Call call);

    /**
     * Decides calls of different keys as one step: the credits of all are granted now, or all are refused, which writes
     * nothing; each reply then tells when its own key could grant them. Each call has one request, whose longest wait does
     * not matter: several keys stand in no line.
     *
     * @return a reply for each call, in their order
     */
    CompletionStage<List<Reply>> takeAll(List<Call> calls);

    /**
     * Checks that the credits of several keys can be taken together, as far as this is known without asking.
     *
     * @throws CreditStoreMisconfiguredException if they cannot; the message says what to change
     */
    default void checkSeveralKeys() {}

    /**
     * Drops the newest credits that were granted for exactly that time; if there are none, does nothing. Others who were
     * told their times keep them; what is freed is used at the end of the line.
     *
     * @return how many were dropped
     */
    CompletionStage<Integer> refund(CreditKey key, int credits, long at);

    /**
     * The same for somebody who may ask again: once in all. A store that cannot tell whether it has done it already need not
     * override this, nor {@link #refundAgain}.
     *
     * @return how many were dropped
     */
    default CompletionStage<Integer> refund(CreditKey key, Refund refund) {
        return refund(key, refund.credits(), refund.at());
    }

    /**
     * Asks again for a refund whose first try seems to have failed, though it may have been done, or be done yet. Does nothing if it
     * was done; nor if that cannot be told for sure, since a second one would drop credits of somebody else.
     *
     * @return how many were dropped now; fails with a {@link CreditStoreException} where the first try may be done yet
     */
    default CompletionStage<Integer> refundAgain(CreditKey key, Refund refund) {
        return CompletableFuture.completedFuture(0);
    }

    /**
     * Holds a key: nothing is granted for a time before the pause ends, and all who already wait move back by as much as
     * the pause adds. A pause that ends before one in force does nothing.
     *
     * @param duration from now on the store's clock; a store that gets to it much later than it was asked shortens it by that
     * @return what that comes to
     */
    CompletionStage<Held> pause(CreditKey key, Duration duration);

    /**
     * A call that was granted with a {@link Flight} has ended: its place is free, and credits that counted until then leave
     * the window one window from now. Of a lease that is not known it does nothing, nor does a second one of the same id.
     *
     * @param call its one request says how many credits count until completion (0 if they count from the grant), and an
     *     identity of its own
     * @return whether the lease is known
     */
    default CompletionStage<Boolean> ended(Call call) {
        throw new UnsupportedOperationException("this store does not count calls in flight");
    }

    /**
     * A call is not made, that was granted with a {@link Flight}: only for those who were told of the grant. Credits that count
     * from the grant are given back with {@link #refund} beside it.
     *
     * @param call as of {@link #ended}
     * @param request identity of the request that was granted
     * @return whether the lease is known
     */
    default CompletionStage<Boolean> notMade(Call call, long request) {
        throw new UnsupportedOperationException("this store does not count calls in flight");
    }

    /**
     * Nobody waits any more for a request that was queued, or whose answer got lost: it leaves the queue, or gives its place back
     * if it has been granted meanwhile. Of one that is not known (it was refused, or never arrived, or was granted too long ago)
     * it does nothing.
     *
     * @param call as of {@link #ended}
     * @param request identity of that request
     * @return whether the lease is known
     */
    default CompletionStage<Boolean> withdrawn(Call call, long request) {
        throw new UnsupportedOperationException("this store does not count calls in flight");
    }

    /**
     * The calls of a lease are still in flight.
     *
     * @param call without requests
     * @return whether the lease is known; if not, its calls have been given up
     */
    default CompletionStage<Boolean> goesOn(Call call) {
        throw new UnsupportedOperationException("this store does not count calls in flight");
    }

    /**
     * Who hears, by the identity of its request, that somebody who is queued for may ask again; at least where only the end of
     * another call can make room. To be given once, before the first such request. May be told too often, or not at all
     * where messages get lost.
     *
     * @param instance the lower 32 bits of its leases, see {@link Flight#lease}
     * @param request called on threads of the store: must not wait
     */
    default void whenCalled(int instance, LongConsumer request) {}

    /**
     * Who hears that the store, which could not be reached, may be reached again: so nobody has to wait for the next time it is tried. To
     * be given once. A store that does not know need not tell.
     *
     * @param listener called on threads of the store: must not wait
     */
    default void whenReachable(Runnable listener) {}

    /**
     * By which a store that tells several callers at once what one trip has brought them is to run that: it runs it at once, in the calling
     * thread, and hands what those callers have chained to their answers over together. A store that does not care loses only time.
     */
    default void tellThrough(Executor teller) {}

    @Override
    void close();

    /**
     * A trip to the store.
     *
     * @param key whose credits
     * @param limits of different windows; all must agree
     * @param margin added to each window
     * @param pace shortest time between two credits; zero for none
     * @param flight how calls in flight are counted; nothing if they are not
     * @param requests decided in order
     * @param timeout how long the caller waits for the reply; a store that gets to the call later charges nothing
     */
    record Call(
            CreditKey key,
            List<RateLimit> limits,
            Duration margin,
            Duration pace,
            Optional<Flight> flight,
            List<Request> requests,
            Duration timeout) {

        /** Takes a copy of the lists. */
        public Call {
            limits = List.copyOf(limits);
            requests = List.copyOf(requests);
        }

        /** Without a pace, and without counting calls in flight. */
        public Call(CreditKey key, List<RateLimit> limits, Duration margin, List<Request> requests, Duration timeout) {
            this(key, limits, margin, Duration.ZERO, Optional.empty(), requests, timeout);
        }
    }

    /**
     * How calls in flight are counted: from their grant until they have ended.
     *
     * @param lease whose calls: the instance in the lower 32 of 48 bits, above it a number that is new for each key, and whenever a
     *     lease was lost. Its calls end when it has been silent for its life
     * @param life for how long a lease may be silent
     * @param maxInFlight how many calls of the key may be in flight at once, over all instances; 0 for any number
     * @param countUntil whether credits count from the grant, or until the call has ended and one window more
     * @param use what a lease that is not known means
     */
    record Flight(long lease, Duration life, int maxInFlight, CountUntil countUntil, LeaseUse use) {

        /** Under a lease that is begun if it is not known. */
        public Flight(long lease, Duration life, int maxInFlight, CountUntil countUntil) {
            this(lease, life, maxInFlight, countUntil, LeaseUse.BEGIN);
        }
    }

    /** What {@link #take} does under a lease that is not known. */
    enum LeaseUse {

        /** It begins the lease. */
        BEGIN,

        /**
         * It takes nothing and answers {@link Decision.Lost}: calls were counted under this lease, which it has lost. If it began
         * another one of the same name, the late ends of those calls would end calls of that one.
         */
        GO_ON
    }

    /**
     * One caller's wish in a trip.
     *
     * @param credits how many, from 1 to the smallest limit
     * @param maxWait longest wait in microseconds, 0 for none
     * @param id identity from 1 to 2^48-1, new for each request: one that arrives twice is charged once
     */
    record Request(int credits, long maxWait, long id) {

        private static final long IDENTITIES = 1L << 48;

        /** An identity that no other request has: a random one. */
        public static long newId() {
            return ThreadLocalRandom.current().nextLong(1, IDENTITIES);
        }
    }

    /**
     * A refund that may have to be asked for again.
     *
     * @param credits how many
     * @param at for when they were granted
     * @param id its identity, as of a {@link Request}
     * @param grant identity of the request that was granted
     * @param until on the store's clock: the first try is as good as any refund until then; afterwards it is done only where a second one
     *     would be. Nothing is done for a second one before that
     */
    record Refund(int credits, long at, long id, long grant, long until) {}

    /**
     * What a pause came to.
     *
     * @param now the store's clock when it began, as in a {@link Reply} of that key
     * @param held by how much, in microseconds, the key has been held since its state began
     */
    record Held(long now, long held) {}

    /**
     * What the store answered.
     *
     * @param now the store's clock when it decided: that of the key, which never goes back
     * @param clock what the clock of the store's machine showed then, which does not depend on the key and may be set back; what
     *     callers learn how far it is from theirs
     * @param held by how much the key has been held (paused) in all; a waiter sleeps longer by its growth
     * @param otherLimits whether other callers of this key state other limits, which were respected too
     * @param decisions one for each request, in their order
     * @param grant identity by which the store remembers what it granted, where that is not the request's own
     */
    record Reply(long now, long clock, long held, boolean otherLimits, List<Decision> decisions, OptionalLong grant) {

        /** Takes a copy of the list. */
        public Reply {
            decisions = List.copyOf(decisions);
        }

        /** Of a store with one clock, that remembers what was granted by the identities of the requests. */
        public Reply(long now, long held, boolean otherLimits, List<Decision> decisions) {
            this(now, now, held, otherLimits, decisions, OptionalLong.empty());
        }

        /** The same, but for what was decided. */
        public Reply with(List<Decision> other) {
            return new Reply(now, clock, held, otherLimits, other, grant);
        }
    }

    /** The store's answer to one request. */
    sealed interface Decision {

        /** For when the credits are granted, or when the same request could be granted at the earliest. */
        long at();

        /** Credits left in the window after this; of several windows, the least. */
        int remaining();

        /** When one further credit will be free at the earliest. */
        long next();

        /** Granted for {@code at}: now, or a place in the line. */
        record Taken(long at, int remaining, long next) implements Decision {}

        /** Refused: {@code at} would be too late. */
        record Refused(long at, int remaining, long next) implements Decision {}

        /** Refused because the key is paused until {@code at}. */
        record Paused(long at, int remaining, long next) implements Decision {}

        /**
         * Queued for a call to end: to be asked for again by the same identity, at {@code at}, before which it cannot be granted, or
         * when told (see {@link CreditStore#whenCalled}). Whose turn has come has his place and nobody takes his credits; those that
         * count from the grant are granted when he asks again, for no time before that. Only requests with a {@link Flight} are queued.
         */
        record Queued(long at, int remaining, long next) implements Decision {}

        /** Not decided, since the lease is not known: to be asked for under another one. Only with {@link LeaseUse#GO_ON}. */
        record Lost(long at, int remaining, long next) implements Decision {}
    }
}
