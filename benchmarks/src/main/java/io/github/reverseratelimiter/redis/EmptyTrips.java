package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The most that sharing trips can give: callers of one key share them as those of {@link RedisCreditStore} do, but a trip decides
 * nothing, and what each caller is told was made before.
 */
public final class EmptyTrips {

    private static final CreditKey KEY = new CreditKey("load", "acme");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** By how many travelled together. */
    private static final List<Reply> GRANTS = IntStream.rangeClosed(0, Line.MOST_TOGETHER)
            .mapToObj(EmptyTrips::grants)
            .toList();

    private final SharedTrips trips;
    private final List<RateLimit> limits;

    /**
     * With these trips.
     *
     * @param trip makes one
     * @param limit as if it counted
     */
    public EmptyTrips(Supplier<? extends CompletionStage<?>> trip, RateLimit limit) {
        this.trips = new SharedTrips(
                call -> trip.get()
                        .thenApply(nothing -> GRANTS.get(call.requests().size())),
                TimeSource.system());
        this.limits = List.of(limit);
    }

    private static Reply grants(int callers) {
        return new Reply(1, 0, false, Collections.nCopies(callers, new Decision.Taken(1, 1, 1)));
    }

    /** Travels, maybe with others; is granted what it asks for. */
    public CompletionStage<Boolean> take() {
        List<Request> requests = List.of(new Request(1, 0, Request.newId()));
        return trips.take(new Call(KEY, limits, Duration.ZERO, requests, TIMEOUT))
                .thenApply(reply -> reply.decisions().get(0) instanceof Decision.Taken);
    }
}
