package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedTripsTest {

    private static final CreditKey ACME = new CreditKey("api", "acme");
    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final Duration TIMEOUT = Duration.ofMillis(250);

    /** A trip under way, which the test answers. */
    private record Trip(Call call, CompletableFuture<Reply> reply) {

        /** Each request is granted for the time of its own identity, so that answers can be told apart. */
        void returns() {
            reply.complete(new Reply(
                    1,
                    0,
                    false,
                    call.requests().stream()
                            .map(request -> (Decision) new Decision.Taken(request.id(), 0, 0))
                            .toList()));
        }

        List<Long> ids() {
            return call.requests().stream().map(Request::id).toList();
        }
    }

    private final ManualTime time = new ManualTime();
    private final List<Trip> sent = new ArrayList<>();
    private final List<Thread> senders = new ArrayList<>();
    private final SharedTrips trips = new SharedTrips(this::send, time);
    private final AtomicLong ids = new AtomicLong();

    private CompletionStage<Reply> send(Call call) {
        senders.add(Thread.currentThread());
        Trip trip = new Trip(call, new CompletableFuture<>());
        sent.add(trip);
        return trip.reply;
    }

    private CompletableFuture<Reply> take() {
        return take(FIVE, TIMEOUT);
    }

    private CompletableFuture<Reply> take(RateLimit limit, Duration timeout) {
        return take(limit, timeout, 0);
    }

    private CompletableFuture<Reply> take(long maxWait) {
        return take(FIVE, TIMEOUT, maxWait);
    }

    private CompletableFuture<Reply> take(RateLimit limit, Duration timeout, long maxWait) {
        Request request = new Request(1, maxWait, ids.incrementAndGet());
        return trips.take(new Call(ACME, List.of(limit), Duration.ZERO, List.of(request), timeout))
                .toCompletableFuture();
    }

    private static long time(CompletableFuture<Reply> reply) {
        return reply.join().decisions().get(0).at();
    }

    @AfterEach
    void nothingIsKept() {
        for (int i = 0; i < sent.size(); i++) {
            sent.get(i).reply.cancel(false);
        }
        assertThat(trips.size()).isZero();
    }

    @Test
    void whoIsAloneGoesAtOnceAndLeavesNothingBehind() {
        CompletableFuture<Reply> first = take();
        assertThat(sent).hasSize(1);
        sent.get(0).returns();
        CompletableFuture<Reply> second = take();
        sent.get(1).returns();

        assertThat(time(first)).isEqualTo(1);
        assertThat(time(second)).isEqualTo(2);
        assertThat(trips.size()).isZero();
    }

    @Test
    void whoComesMeanwhileGoesWithTheNextTripInTheOrderOfComing() {
        CompletableFuture<Reply> first = take();
        CompletableFuture<Reply> second = take();
        CompletableFuture<Reply> third = take();
        assertThat(sent).hasSize(1);

        sent.get(0).returns();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).ids()).containsExactly(2L, 3L);
        sent.get(1).returns();

        assertThat(time(second)).isEqualTo(2);
        assertThat(time(third)).isEqualTo(3);
    }

    /** No trip waits for a thread that would have to be woken first. */
    @Test
    void aTripIsSentByTheCallerThatCameLastOrByWhoeverBringsTheReply() throws InterruptedException {
        CompletableFuture<Reply> first = take();
        Thread another = new Thread(this::take);
        another.start();
        another.join();
        assertThat(sent).hasSize(1);
        Thread bringing = new Thread(sent.get(0)::returns);
        bringing.start();
        bringing.join();

        assertThat(first).isCompleted();
        assertThat(senders).containsExactly(Thread.currentThread(), bringing);
    }

    @Test
    void asManyAsAreUnderWayDoNotWaitForThem() {
        for (int i = 0; i < 1 + 16 + 17 + 33; i++) {
            take();
        }

        assertThat(sent).extracting(trip -> trip.ids().size()).containsExactly(1, 16, 17);
        take();
        assertThat(sent).extracting(trip -> trip.ids().size()).containsExactly(1, 16, 17, 34);
    }

    @Test
    void fewerThanAreUnderWayDoNotLeaveWithTheFirstTripThatComesBack() {
        for (int i = 0; i < 1 + 16 + 17 + 17; i++) {
            take();
        }

        sent.get(0).returns();
        assertThat(sent).hasSize(3);
        sent.get(1).returns();
        assertThat(sent).extracting(trip -> trip.ids().size()).containsExactly(1, 16, 17, 17);
    }

    @Test
    void whoWaitsLeavesAtLastWhenNobodyIsUnderWay() {
        for (int i = 0; i < 1 + 16 + 1; i++) {
            take();
        }

        sent.get(1).returns();
        assertThat(sent).hasSize(2);
        sent.get(0).returns();
        assertThat(sent).extracting(trip -> trip.ids().size()).containsExactly(1, 16, 1);
    }

    /** Callers that ask again as soon as they are told, at moments of chance; trips come back in their order. */
    @ParameterizedTest
    @CsvSource({"8, 0.34", "32, 0.1", "128, 0.03", "256, 0.03"})
    void aCrowdMakesFewTrips(int callers, double most) {
        Random chance = new Random(20260730);
        int calls = 20_000;
        int back = 0;
        int ready = callers;
        for (int asked = 0; asked < calls; ) {
            boolean comesBack = back < sent.size() && (ready == 0 || chance.nextInt(callers) == 0);
            if (comesBack) {
                ready += sent.get(back).ids().size();
                sent.get(back++).returns();
            } else {
                take();
                ready--;
                asked++;
            }
        }

        assertThat((double) sent.size() / calls).isLessThanOrEqualTo(most);
    }

    @Test
    void noTripTakesMoreThanTheScriptDecidesQuickly() {
        for (int i = 0; i < 40; i++) {
            take();
        }
        sent.get(0).returns();
        int before = sent.size();
        List<CompletableFuture<Reply>> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            crowd.add(take());
        }

        assertThat(sent.subList(before, sent.size()))
                .allSatisfy(trip -> assertThat(trip.ids()).hasSizeBetween(1, Line.MOST_TOGETHER));
        for (int i = 0; i < sent.size(); i++) {
            sent.get(i).returns();
        }
        assertThat(crowd).allSatisfy(reply -> assertThat(reply).isCompleted());
    }

    @Test
    void aTripThatFailsFailsForAllOnItAndNobodyElse() {
        take();
        CompletableFuture<Reply> second = take();
        CompletableFuture<Reply> third = take();
        sent.get(0).returns();
        CompletableFuture<Reply> fourth = take();

        sent.get(1).reply.completeExceptionally(new CreditStoreException(Reason.CONNECTION, "gone"));
        sent.get(2).returns();

        assertThatThrownBy(second::join).hasCauseInstanceOf(CreditStoreException.class);
        assertThatThrownBy(third::join).hasCauseInstanceOf(CreditStoreException.class);
        assertThat(time(fourth)).isEqualTo(4);
    }

    @Test
    void whoseTimeIsOverIsNotSentAndTheOthersHaveWhatIsLeftOfTheirs() {
        take();
        CompletableFuture<Reply> early = take();
        time.advance(Duration.ofMillis(200));
        CompletableFuture<Reply> late = take();
        time.advance(Duration.ofMillis(60));

        sent.get(0).returns();

        assertThatThrownBy(early::join)
                .hasCauseInstanceOf(CreditStoreException.class)
                .hasMessageContaining("limiter 'api'")
                .hasMessageContaining("nothing was charged");
        assertThat(sent.get(1).ids()).containsExactly(3L);
        assertThat(sent.get(1).call.timeout()).isEqualTo(Duration.ofMillis(190));
        sent.get(1).returns();
        assertThat(late).isCompleted();
    }

    /** As probes of a Redis that hangs: over a connection that is dead no trip comes back, and only who is sent can find out. */
    @Test
    void whoComesWhenTheTripsUnderWayAreOverdueDoesNotWaitForThem() {
        take();
        take();
        time.advance(TIMEOUT.minusNanos(1));
        take();
        assertThat(sent).hasSize(1);
        time.advance(Duration.ofNanos(1));
        take();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).ids()).containsExactly(3L, 4L);

        take();
        assertThat(sent).hasSize(2);
        time.advance(TIMEOUT);
        take();
        assertThat(sent).hasSize(3);
        assertThat(sent.get(2).ids()).containsExactly(6L);
    }

    @Test
    void aTripOnWhichNobodyIsLeftIsNotMade() {
        take();
        CompletableFuture<Reply> late = take();
        time.advance(TIMEOUT);

        sent.get(0).returns();

        assertThat(late).isCompletedExceptionally();
        assertThat(sent).hasSize(1);
    }

    @Test
    void whoNamesOtherLimitsGoesAlone() {
        take();
        take(RateLimit.of(6, Duration.ofSeconds(1)), TIMEOUT);

        assertThat(sent).extracting(Trip::ids).containsExactly(List.of(1L), List.of(2L));
        sent.get(1).returns();
    }

    /** After trips that were late: the deadline of a trip is that of whoever has least time. */
    @Test
    void whoHasLittleTimeGoesAloneAndLeavesTheOthersTheirs() {
        take();
        take();
        take(FIVE, Duration.ofMillis(25));
        take(FIVE, Duration.ofMillis(150));
        assertThat(sent).extracting(Trip::ids).containsExactly(List.of(1L), List.of(3L));

        sent.get(0).returns();

        assertThat(sent.get(2).ids()).containsExactly(2L, 4L);
        assertThat(sent.get(2).call.timeout()).isEqualTo(Duration.ofMillis(150));
        sent.get(1).returns();
        sent.get(2).returns();
    }

    /** A server far away: who waited for a trip of 130 ms, and then for one of his own, would be answered after 260. */
    @ParameterizedTest
    @CsvSource({"130", "200", "249"})
    void whoWouldBeAnsweredTooLateDoesNotWaitForOthers(long trip) {
        CompletableFuture<Reply> first = take();
        time.advance(Duration.ofMillis(trip));
        sent.get(0).returns();
        assertThat(first).isCompleted();

        take();
        time.advance(Duration.ofMillis(1));
        take();
        take();

        assertThat(sent).hasSize(4);
    }

    private void tripOf(Duration duration) {
        take();
        time.advance(duration);
        sent.get(sent.size() - 1).returns();
        sent.clear();
    }

    @Test
    void whereRedisIsNearOneTripIsWaitedFor() {
        tripOf(Duration.ofNanos(399_999));

        take();
        take();

        assertThat(sent).hasSize(1);
    }

    /** In another room: to wait for the trip of another would double what each call takes. */
    @Test
    void theFartherRedisIsTheMoreTripsMayBeUnderWay() {
        tripOf(Duration.ofNanos(1_300_000));

        for (int i = 0; i < 9; i++) {
            take();
        }

        assertThat(sent).extracting(trip -> trip.ids().size()).containsExactly(1, 1, 1, 1, 1, 1, 1, 2);
    }

    /** Some ways to Redis have eight connections, and whoever waits for one of those waits longer. */
    @Test
    void soManyTripsAreUnderWayAtMostHoweverFarRedisIs() {
        tripOf(Duration.ofMillis(20));

        for (int i = 0; i < Distance.MOST_PARTS + 3; i++) {
            take();
        }

        assertThat(sent).hasSize(Distance.MOST_PARTS + 2);
        assertThat(sent.get(Distance.MOST_PARTS + 1).ids()).hasSize(2);
    }

    /** A busy machine, a busy Redis: more trips would be longer still. */
    @Test
    void tripsThatAreLongForAnotherReasonAreWaitedFor() {
        tripOf(Duration.ofNanos(100_000));
        tripOf(Duration.ofMillis(2));

        take();
        take();

        assertThat(sent).hasSize(1);
    }

    @Test
    void howFarItWasIsForgottenWhereNobodyHasAskedForLong() {
        tripOf(Duration.ofNanos(100_000));
        time.advance(Duration.ofHours(1));
        tripOf(Duration.ofMillis(2));

        take();
        take();

        assertThat(sent).hasSize(2);
    }

    /** Another server, farther away. */
    @Test
    void howFarItWasIsForgottenAfterTwoSeconds() {
        tripOf(Duration.ofNanos(100_000));
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofSeconds(1));
            tripOf(Duration.ofMillis(2));
        }

        take();
        take();

        assertThat(sent).hasSize(2);
    }

    @Test
    void aCrowdFarAwayGoesInPartsThatGrowWithIt() {
        take();
        time.advance(Duration.ofMillis(200));
        sent.get(0).returns();

        for (int i = 0; i < 10_000; i++) {
            take();
        }

        assertThat(sent.subList(1, 1 + Line.MOST_PARTS))
                .allSatisfy(trip -> assertThat(trip.ids()).hasSize(1));
        assertThat(sent).hasSizeLessThan(5 * Line.MOST_PARTS);
    }

    /** What is left of his longest wait counts, not what it was before he waited for others. */
    @Test
    void theWaitForOthersIsPartOfTheLongestWait() {
        take();
        CompletableFuture<Reply> waits = take(30_000);
        CompletableFuture<Reply> waitsShortly = take(10_000);
        time.advance(Duration.ofMillis(20));

        sent.get(0).returns();

        assertThat(sent.get(1).call.requests()).extracting(Request::maxWait).containsExactly(10_000L, 0L);
        sent.get(1).returns();
        assertThat(waits).isCompleted();
        assertThat(waitsShortly).isCompleted();
    }

    /** A stall of 240 ms: whose time is nearly over would otherwise leave ten milliseconds to all others. */
    @Test
    void whoHasLittleTimeLeftLeavesTheOthersTheirs() {
        take();
        take();
        time.advance(Duration.ofMillis(200));
        take();
        take();
        time.advance(Duration.ofMillis(40));

        sent.get(0).returns();

        assertThat(sent).extracting(Trip::ids).containsExactly(List.of(1L), List.of(2L), List.of(3L, 4L));
        assertThat(sent.get(2).call.timeout()).isEqualTo(Duration.ofMillis(210));
    }

    /** The first one, who is alone, had little time too; so the line is also for those who have little. */
    @Test
    void whoComesWithLittleTimeLeavesTheOthersTheirs() {
        take(FIVE, TIMEOUT.dividedBy(10));
        take();
        take(FIVE, TIMEOUT.dividedBy(10));
        take();
        take();

        sent.get(0).returns();

        assertThat(sent).extracting(Trip::ids).containsExactly(List.of(1L), List.of(2L), List.of(3L), List.of(4L, 5L));
    }

    @Test
    void whatIsThrownAtOnceFailsTheTripAndLeavesNoLineBehind() {
        SharedTrips broken = new SharedTrips(
                call -> {
                    throw new NoClassDefFoundError("io/lettuce/core/Something");
                },
                time);
        Call call = new Call(ACME, List.of(FIVE), Duration.ZERO, List.of(new Request(1, 0, 1)), TIMEOUT);

        assertThat(broken.take(call).toCompletableFuture()).isCompletedExceptionally();
        assertThat(broken.size()).isZero();
    }

    @Test
    void moreThanSoManyAreNotKeptWaiting() {
        CompletableFuture<Reply> last = take();
        int underWay = 0;
        while (underWay <= Line.MOST_WAITING) {
            last = take();
            underWay = sent.stream().mapToInt(trip -> trip.ids().size()).sum();
        }
        int trips = sent.size();
        for (int i = 0; i < Line.MOST_WAITING; i++) {
            last = take();
        }
        CompletableFuture<Reply> tooMany = take();

        assertThat(last).isNotDone();
        assertThat(sent).hasSize(trips);
        assertThatThrownBy(tooMany::join)
                .cause()
                .isInstanceOfSatisfying(
                        CreditStoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CROWD));
    }

    @Test
    void manyThreadsGetOneAnswerEachAndLeaveNothingBehind() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        ExecutorService store = Executors.newFixedThreadPool(3);
        ExecutorService callers = Executors.newFixedThreadPool(8);
        SharedTrips shared = new SharedTrips(
                call -> CompletableFuture.supplyAsync(
                        () -> {
                            underWay.incrementAndGet();
                            return new Reply(
                                    1,
                                    0,
                                    false,
                                    call.requests().stream()
                                            .map(request -> (Decision) new Decision.Taken(request.id(), 0, 0))
                                            .toList());
                        },
                        store),
                System::nanoTime);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 5_000; i++) {
                            long id = ids.incrementAndGet();
                            Call call = new Call(
                                    ACME,
                                    List.of(FIVE),
                                    Duration.ZERO,
                                    List.of(new Request(1, 0, id)),
                                    Duration.ofMinutes(1));
                            assertThat(time(shared.take(call).toCompletableFuture()))
                                    .isEqualTo(id);
                        }
                    },
                    callers));
        }

        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        callers.shutdown();
        store.shutdown();

        assertThat(store.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(shared.size()).isZero();
        assertThat(underWay.get()).isLessThan(40_000);
    }
}
