package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is answered to requests that the store does not decide, and what that costs once it is back. */
final class Undecided {

    private final TimeSource time;
    private final Trips trips;
    private final Map<String, NamedLimiter> limiters;
    private final OnStoreFailure usual;
    private final @Nullable Shares shares;

    Undecided(
            TimeSource time,
            Trips trips,
            Map<String, NamedLimiter> limiters,
            OnStoreFailure usual,
            @Nullable Shares shares) {
        this.time = time;
        this.trips = trips;
        this.limiters = limiters;
        this.usual = usual;
        this.shares = shares;
    }

    boolean hasShares() {
        return shares != null;
    }

    /** The one in force. */
    OnStoreFailure policy(Bundle bundle) {
        OnStoreFailure strictest = policy(bundle.first());
        for (CreditRequest request : bundle.requests()) {
            strictest = strictest.stricter(policy(request));
        }
        return strictest;
    }

    private OnStoreFailure policy(CreditRequest request) {
        NamedLimiter limiter = limiters.get(request.key().limiter());
        return limiter == null ? usual : limiter.settings().onStoreFailure().orElse(usual);
    }

    /** The declared answer; empty to deny. */
    Optional<Answer> answer(Bundle bundle, CreditStoreException cause) {
        return switch (policy(bundle).where(cause)) {
            case DENY -> Optional.empty();
            case ALLOW -> Optional.of(Answer.ofNobody(time.nanoTime()));
            case LOCAL -> shareOf(bundle.requests(), cause);
        };
    }

    private Optional<Answer> shareOf(List<CreditRequest> requests, CreditStoreException cause) {
        if (shares == null || !shares.canHold(requests)) {
            return Optional.empty();
        }
        Answer share = shares.take(requests);
        // Whoever was told that the store is away will be told that it is back; others will not.
        if (!share.credits().isEmpty() && !(cause instanceof StoreAwayException)) {
            shares.grantedAlone(requests);
        }
        return Optional.of(share);
    }

    /**
     * Asks the store; and the share too, as long as not all that was granted without the store has left the window: then
     * both must agree. While the store is away or in doubt, a trip goes there whatever the share says: an answer ends that.
     */
    CompletableFuture<Answer> besideTheStore(Bundle bundle, Asking asking, StoreWatch.State store) {
        if (shares == null || policy(bundle) != OnStoreFailure.LOCAL) {
            return trips.ask(bundle, asking);
        }
        List<CreditRequest> held = store == StoreWatch.State.AWAY ? bundle.requests() : shares.besideTheStore(bundle);
        if (held.isEmpty()) {
            return trips.ask(bundle, asking).thenApply(answer -> afterTheStore(bundle, answer));
        }
        boolean probe = store != StoreWatch.State.DECIDES;
        if (!shares.canHold(held)) {
            return probe
                    ? trips.ask(bundle, asking.forNow()).thenApply(this::refuse)
                    : CompletableFuture.failedFuture(StoreAwayException.tooDear());
        }
        Answer share = shares.take(held);
        if (!share.credits().isEmpty()) {
            return new BesideTrip(trips.ask(bundle, asking.forNow()), share, taken -> trips.giveBack(taken.credits()));
        }
        Answer refusal = Shares.inPlaceOf(bundle.requests(), held, share);
        // Whoever asks for a call in flight may stand in the store's queue: there he has to leave it.
        return probe || bundle.seat() != null
                ? trips.ask(bundle, asking.forNow()).thenApply(answer -> inPlaceOf(answer, refusal))
                : CompletableFuture.completedFuture(refusal);
    }

    /** The store has granted; but the share may have granted alone since it was asked. Then it must agree now. */
    private Answer afterTheStore(Bundle bundle, Answer answer) {
        List<CreditRequest> held = shares == null || !answer.isForNow() ? List.of() : shares.besideTheStore(bundle);
        if (shares == null || held.isEmpty()) {
            return answer;
        }
        if (!shares.canHold(held)) {
            return refuse(answer);
        }
        Answer share = shares.take(held);
        if (share.credits().isEmpty()) {
            return inPlaceOf(answer, Shares.inPlaceOf(bundle.requests(), held, share));
        }
        return answer.beside(share);
    }

    private Answer inPlaceOf(Answer answer, Answer refusal) {
        trips.giveBack(answer.credits());
        return refusal;
    }

    private Answer refuse(Answer answer) {
        trips.giveBack(answer.credits());
        throw StoreAwayException.tooDearThoughAnswered();
    }

    void pause(CreditKey key, Duration duration) {
        if (shares != null) {
            shares.pause(key, duration);
        }
    }

    void close() {
        if (shares != null) {
            shares.close();
        }
    }
}
