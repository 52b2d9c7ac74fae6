package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Refund;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A refund whose first try was lost, or is late, is done once when it is tried again, and never at the cost of somebody else's credits
 * of the same time (FAULTS rows 3 and 5).
 */
class RefundAgainIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final RateLimit MANY = RateLimit.of(4_000, Duration.ofHours(1));
    /** Operations that a key knows. */
    private static final int KNOWN = 6;

    private static final long IN_TIME = 1_000;

    private final ManualTime time = new ManualTime();
    private final RedisCreditStore store = new RedisCreditStore(REDIS.server().executor(), "rrl:", time, time::micros);
    private final CreditKey key = new CreditKey("", UUID.randomUUID().toString());

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void isDoneWhenTriedAgainIfTheFirstTryWasLost() {
        Refund refund = receipts(1).get(0);
        pass(IN_TIME + 1);

        assertThat(again(refund)).isEqualTo(1);

        assertThat(charged()).isZero();
    }

    /** They have one identity for all of them. */
    @Test
    void isDoneForOneOfThoseWhoTravelledTogether() {
        take(List.of(new Request(1, 0, Request.newId())));
        List<CompletableFuture<Reply>> together = IntStream.range(0, 17)
                .mapToObj(i -> new Call(
                        key,
                        List.of(MANY),
                        Duration.ZERO,
                        List.of(new Request(1, 0, Request.newId())),
                        Duration.ofSeconds(10)))
                .map(call -> store.take(call).toCompletableFuture())
                .toList();
        List<Refund> receipts = together.stream()
                .map(CompletableFuture::join)
                .filter(reply -> reply.grant().isPresent())
                .map(reply -> new Refund(
                        1,
                        reply.decisions().get(0).at(),
                        Request.newId(),
                        reply.grant().getAsLong(),
                        reply.now() + IN_TIME))
                .toList();
        assertThat(receipts).hasSizeGreaterThanOrEqualTo(2);
        assertThat(first(receipts.get(0))).isEqualTo(1);
        pass(IN_TIME + 1);

        assertThat(again(receipts.get(0))).isZero();
        assertThat(again(receipts.get(1))).isEqualTo(1);

        assertThat(charged()).isEqualTo(18 - 2);
    }

    @Test
    void isNotDoneTwiceWhenOnlyTheAnswerWasLost() {
        Refund refund = receipts(3).get(0);
        assertThat(first(refund)).isEqualTo(1);
        pass(IN_TIME + 1);

        assertThat(again(refund)).isZero();
        assertThat(again(refund)).isZero();

        assertThat(charged()).isEqualTo(2);
    }

    @Test
    void aFirstTryThatComesAfterTheSecondDoesNothing() {
        Refund refund = receipts(3).get(0);
        pass(IN_TIME + 1);
        assertThat(again(refund)).isEqualTo(1);

        assertThat(first(refund)).isZero();

        assertThat(charged()).isEqualTo(2);
    }

    @Test
    void dropsNothingOfOthersOnceTheKeyHasForgottenIt() {
        List<Refund> receipts = receipts(2);
        assertThat(first(receipts.get(0))).isEqualTo(1);
        takes(KNOWN);
        pass(IN_TIME + 1);

        assertThat(again(receipts.get(0))).isZero();

        assertThat(charged()).isEqualTo(1 + KNOWN);
    }

    @Test
    void aLateFirstTryDropsNothingOnceTheKeyHasForgottenTheGrant() {
        Refund refund = receipts(1).get(0);
        takes(KNOWN);
        pass(IN_TIME + 1);

        assertThat(first(refund)).isZero();

        assertThat(charged()).isEqualTo(1 + KNOWN);
    }

    @Test
    void aFirstTryInTimeIsDoneWhateverHappenedInBetween() {
        Refund refund = receipts(1).get(0);
        takes(KNOWN);
        pass(IN_TIME);

        assertThat(first(refund)).isEqualTo(1);

        assertThat(charged()).isEqualTo(KNOWN);
    }

    @Test
    void failsWhenTriedAgainWhileTheFirstTryMayComeYet() {
        Refund refund = receipts(1).get(0);
        pass(IN_TIME);

        assertThat(store.refundAgain(key, refund))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        CreditStoreException.class,
                        early -> assertThat(early.reason()).isEqualTo(CreditStoreException.Reason.TIMEOUT))
                .withMessageContaining("nothing was done");

        assertThat(charged()).isEqualTo(1);
    }

    /** Tries come in any order, any number of times, at any time: each refund drops its own credits at most, and some of those tried again do. */
    @Test
    void neverDropsMoreThanWasGranted() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Refund> receipts = new ArrayList<>();
        List<Integer> dropped = new ArrayList<>();
        int byTryingAgain = 0;
        for (int i = 0; i < 4_000; i++) {
            pass(random.nextInt(600));
            int which = receipts.isEmpty() ? 0 : receipts.size() - 1 - random.nextInt(Math.min(8, receipts.size()));
            switch (random.nextInt(6)) {
                case 0 ->
                    receipts(1 + random.nextInt(3)).forEach(refund -> {
                        receipts.add(refund);
                        dropped.add(0);
                    });
                case 1 -> takes(1);
                case 2 -> pass(random.nextInt(6_000));
                case 3 -> {
                    if (!receipts.isEmpty()) {
                        dropped.set(which, dropped.get(which) + first(receipts.get(which)));
                    }
                }
                default -> {
                    if (!receipts.isEmpty()) {
                        int now = tryAgain(receipts.get(which));
                        byTryingAgain += now;
                        dropped.set(which, dropped.get(which) + now);
                    }
                }
            }
        }

        assertThat(dropped).as("seed %s", seed).allMatch(credits -> credits <= 1);
        assertThat(byTryingAgain).as("seed %s", seed).isPositive();
    }

    private int tryAgain(Refund refund) {
        try {
            return again(refund);
        } catch (CompletionException e) {
            return 0;
        }
    }

    @Test
    void comesBackOnceFromARedisThatStoodStill() {
        CreditRequest request = CreditRequest.of("acme", MANY);
        try (FragileRedis redis = FragileRedis.start();
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(redis.executor(), "rrl:"))
                        .storeTimeout(Duration.ofSeconds(1))
                        .build()) {
            Granted first = granted(limiter, request);
            Granted second = granted(limiter, request);
            redis.freeze();
            assertThat(limiter.refund(first)).failsWithin(Duration.ofSeconds(5));
            redis.thaw();

            // The first try has come meanwhile, or does nothing any more: one or the other.
            refundUntilItDoesNotFail(limiter, first);
            refundUntilItDoesNotFail(limiter, second);

            assertThat(granted(limiter, request).remaining()).isEqualTo(MANY.limit() - 1);
        }
    }

    @Test
    void comesBackWhenTriedUntilItDoesNotFail() {
        CreditRequest request = CreditRequest.of(UUID.randomUUID().toString(), MANY);
        AtomicBoolean lost = new AtomicBoolean();
        LettuceScriptExecutor wire = REDIS.server().executor();
        RedisScriptExecutor unsteady = new RedisScriptExecutor() {
            @Override
            public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
                return lost.getAndSet(false)
                        ? CompletableFuture.failedFuture(new CreditStoreException("connection reset"))
                        : wire.execute(script, keys, arguments);
            }

            @Override
            public void close() {
                wire.close();
            }
        };
        try (ReverseRateLimiter limiter = ReverseRateLimiter.create(new RedisCreditStore(unsteady, "rrl:"))) {
            Granted answer = granted(limiter, request);
            lost.set(true);
            assertThat(limiter.refund(answer)).failsWithin(Duration.ofSeconds(5));

            refundUntilItDoesNotFail(limiter, answer);

            assertThat(limiter.refund(answer)).isCompletedWithValue(0);
            assertThat(granted(limiter, request).remaining()).isEqualTo(MANY.limit() - 1);
        }
    }

    /** When Redis has its time: the machine may be busy. */
    private static Granted granted(ReverseRateLimiter limiter, CreditRequest request) {
        return (Granted) await().until(() -> limiter.acquire(request), Granted.class::isInstance);
    }

    private static void refundUntilItDoesNotFail(ReverseRateLimiter limiter, Granted answer) {
        await().ignoreException(CompletionException.class)
                .until(() -> limiter.refund(answer).join() >= 0);
    }

    /** For receipts of one credit each, granted for the same time. */
    private List<Refund> receipts(int callers) {
        List<Request> requests = IntStream.range(0, callers)
                .mapToObj(i -> new Request(1, 0, Request.newId()))
                .toList();
        Reply reply = take(requests);
        return IntStream.range(0, callers)
                .mapToObj(i -> new Refund(
                        1,
                        ((Decision.Taken) reply.decisions().get(i)).at(),
                        Request.newId(),
                        requests.get(i).id(),
                        reply.now() + IN_TIME))
                .toList();
    }

    private Reply take(List<Request> requests) {
        return store.take(new Call(key, List.of(MANY), Duration.ZERO, requests, Duration.ofSeconds(10)))
                .toCompletableFuture()
                .join();
    }

    private void takes(int number) {
        for (int i = 0; i < number; i++) {
            take(List.of(new Request(1, 0, Request.newId())));
        }
    }

    /** Before one more is taken to see it. */
    private int charged() {
        Decision decision =
                take(List.of(new Request(1, 0, Request.newId()))).decisions().get(0);
        return MANY.limit() - decision.remaining() - 1;
    }

    private int first(Refund refund) {
        return store.refund(key, refund).toCompletableFuture().join();
    }

    private int again(Refund refund) {
        return store.refundAgain(key, refund).toCompletableFuture().join();
    }

    private void pass(long micros) {
        time.advance(Duration.ofNanos(micros * 1_000));
    }
}
