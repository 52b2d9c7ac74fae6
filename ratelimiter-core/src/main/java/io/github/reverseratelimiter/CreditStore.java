package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

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
     * Holds a key: nothing is granted for a time before the pause ends, and all who already wait move back by as much as
     * the pause adds. A pause that ends before one in force does nothing.
     *
     * @param duration from now on the store's clock
     * @return by how much, in microseconds, the key has been held since its state began
     */
    CompletionStage<Long> pause(CreditKey key, Duration duration);

    @Override
    void close();

    /**
     * A trip to the store.
     *
     * @param key whose credits
     * @param limits of different windows; all must agree
     * @param margin added to each window
     * @param requests decided in order
     * @param timeout how long the caller waits for the reply; a store that gets to the call later charges nothing
     */
    record Call(CreditKey key, List<RateLimit> limits, Duration margin, List<Request> requests, Duration timeout) {

        /** Takes a copy of the lists. */
        public Call {
            limits = List.copyOf(limits);
            requests = List.copyOf(requests);
        }
    }

    /**
     * One caller's wish in a trip.
     *
     * @param credits how many, from 1 to the smallest limit
     * @param maxWait longest wait in microseconds, 0 for none
     * @param id identity from 1 to 2^48-1, new for each request: one that arrives twice is charged once
     */
    record Request(int credits, long maxWait, long id) {}

    /**
     * What the store answered.
     *
     * @param now the store's clock when it decided
     * @param held by how much the key has been held (paused) in all; a waiter sleeps longer by its growth
     * @param otherLimits whether other callers of this key state other limits, which were respected too
     * @param decisions one for each request, in their order
     */
    record Reply(long now, long held, boolean otherLimits, List<Decision> decisions) {

        /** Takes a copy of the list. */
        public Reply {
            decisions = List.copyOf(decisions);
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
    }
}
