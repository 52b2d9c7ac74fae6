package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedEndsTest {

    private static final CreditKey ACME = new CreditKey("api", "acme");
    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private record Trip(Call call, CompletableFuture<Boolean> known) {

        List<Long> ends() {
            return call.requests().stream().map(Request::id).toList();
        }
    }

    private final ManualTime time = new ManualTime();
    private final List<Trip> sent = new ArrayList<>();
    private final SharedEnds ends = new SharedEnds(this::send, time);

    private CompletionStage<Boolean> send(Call call) {
        Trip trip = new Trip(call, new CompletableFuture<>());
        sent.add(trip);
        return trip.known;
    }

    private CompletableFuture<Boolean> end(long id) {
        return end(id, 1, FIVE);
    }

    private CompletableFuture<Boolean> end(long id, long lease, RateLimit limit) {
        Flight flight = new Flight(lease, Duration.ofSeconds(10), 0, CountUntil.COMPLETION);
        return ends.ended(new Call(
                        ACME,
                        List.of(limit),
                        Duration.ZERO,
                        Duration.ZERO,
                        Optional.of(flight),
                        List.of(new Request(1, 0, id)),
                        TIMEOUT))
                .toCompletableFuture();
    }

    @AfterEach
    void nothingIsKept() {
        for (int i = 0; i < sent.size(); i++) {
            sent.get(i).known.complete(true);
        }
        assertThat(ends.size()).isZero();
    }

    @Test
    void theFirstGoesAtOnceAndTheOthersWithTheNextTrip() {
        CompletableFuture<Boolean> first = end(1);
        CompletableFuture<Boolean> second = end(2);
        CompletableFuture<Boolean> third = end(3);
        assertThat(sent).hasSize(1);

        sent.get(0).known.complete(true);
        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isNotDone();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).ends()).containsExactly(2L, 3L);

        sent.get(1).known.complete(false);
        assertThat(second).isCompletedWithValue(false);
        assertThat(third).isCompletedWithValue(false);
        assertThat(ends.size()).isZero();
    }

    @Test
    void aTripThatFailsFailsForAllOnItAndTheNextOneLeaves() {
        CompletableFuture<Boolean> first = end(1);
        CompletableFuture<Boolean> second = end(2);
        sent.get(0).known.completeExceptionally(new IllegalStateException("gone"));
        assertThat(first).isCompletedExceptionally();
        assertThat(sent).hasSize(2);

        sent.get(1).known.completeExceptionally(new IllegalStateException("gone"));
        assertThat(second).isCompletedExceptionally();
    }

    @Test
    void endsOfAnotherLeaseOrOtherLimitsDoNotTravelWithThem() {
        end(1);
        end(2, 2, FIVE);
        end(3, 1, RateLimit.of(6, Duration.ofSeconds(1)));

        assertThat(sent).extracting(Trip::ends).containsExactly(List.of(1L), List.of(2L), List.of(3L));
    }

    @Test
    void nobodyWaitsForATripThatIsOverdueNorWithTooManyOthers() {
        end(1);
        end(2);
        time.advance(TIMEOUT);
        end(3);
        assertThat(sent).extracting(Trip::ends).containsExactly(List.of(1L), List.of(2L), List.of(3L));

        sent.get(0).known.complete(true);
        IntStream.range(0, 66).forEach(i -> end(100 + i));
        assertThat(sent).hasSize(5);
        assertThat(sent.get(4).ends()).containsExactly(165L);
    }

    @Test
    void whoWaitsForATripThatNeverComesBackIsToldWithTheNextEnd() {
        end(1);
        CompletableFuture<Boolean> second = end(2);
        time.advance(TIMEOUT);
        end(3);

        sent.get(1).known.complete(true);

        assertThat(second).isCompletedWithValue(true);
    }

    @Test
    void whoWaitsIsToldBeforeTheEnd() {
        end(1);
        end(2);
        end(3, 2, FIVE);

        ends.flush();

        assertThat(sent).extracting(Trip::ends).containsExactly(List.of(1L), List.of(3L), List.of(2L));
    }
}
