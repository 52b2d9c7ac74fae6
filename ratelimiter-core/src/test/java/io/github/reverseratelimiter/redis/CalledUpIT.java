package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for a call to end is told when it has; and may go on all the same where Redis lets nobody be told (issue 5). */
class CalledUpIT {

    /** Its number needs all of its bits. */
    private static final int INSTANCE = 0xF000_0001;

    private static final int OTHER_INSTANCE = 1;
    private static final long SECOND = 1_000_000;
    private static final long LARGE_ID = (1L << 48) - 2;

    private final BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    private FragileRedis redis;
    private LettuceScriptExecutor executor;

    @BeforeEach
    void start() {
        redis = FragileRedis.start("user mute on >secret ~* &* +@all -publish");
    }

    @AfterEach
    void stop() {
        executor.close();
        redis.close();
    }

    private RedisCreditStore store(String user) {
        executor = LettuceScriptExecutor.to("redis://" + user + "127.0.0.1:" + redis.port());
        return new RedisCreditStore(executor, "called:");
    }

    private static Call call(int instance, Request request) {
        long lease = 7L << 32 | Integer.toUnsignedLong(instance);
        return new Call(
                new CreditKey("", "acme"),
                List.of(RateLimit.of(100, Duration.ofMinutes(1))),
                Duration.ZERO,
                Duration.ZERO,
                Optional.of(new Flight(lease, Duration.ofMinutes(1), 1, CountUntil.GRANT)),
                List.of(request),
                Duration.ofSeconds(10));
    }

    private static Decision begin(RedisCreditStore store, int instance, long id) {
        return now(store.take(call(instance, new Request(1, 60 * SECOND, id))))
                .decisions()
                .get(0);
    }

    private static boolean end(RedisCreditStore store, int instance, long id) {
        return now(store.ended(call(instance, new Request(0, 0, id))));
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void whoWaitsIsToldThatACallHasEnded() throws InterruptedException {
        RedisCreditStore store = store("");
        store.whenCalled(INSTANCE, heard::add);
        assertThat(begin(store, OTHER_INSTANCE, 1)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(store, INSTANCE, LARGE_ID)).isInstanceOf(Decision.Queued.class);
        assertThat(heard).isEmpty();

        assertThat(end(store, OTHER_INSTANCE, 2)).isTrue();

        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(LARGE_ID);
        assertThat(begin(store, INSTANCE, LARGE_ID)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void othersAreNotTold() throws InterruptedException {
        RedisCreditStore store = store("");
        store.whenCalled(OTHER_INSTANCE, id -> heard.add(0L));
        store.whenCalled(INSTANCE, heard::add);
        begin(store, OTHER_INSTANCE, 1);
        begin(store, INSTANCE, 2);

        end(store, OTHER_INSTANCE, 3);

        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(heard).isEmpty();
    }

    @Test
    void withoutTheRightToPublishHeIsCalledUpAllTheSameAndItIsSaidOnce() {
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(RedisCreditStore.class.getName());
        Filter before = logger.getFilter();
        logger.setFilter(entry -> !said.add(entry.getMessage()));
        try {
            RedisCreditStore store = store("mute:secret@");
            begin(store, OTHER_INSTANCE, 1);
            for (int i = 1; i < 4; i++) {
                assertThat(begin(store, OTHER_INSTANCE, 10L * i)).isInstanceOf(Decision.Queued.class);

                assertThat(end(store, OTHER_INSTANCE, 10L * i + 1)).isTrue();

                assertThat(begin(store, OTHER_INSTANCE, 10L * i)).isInstanceOf(Decision.Taken.class);
            }
        } finally {
            logger.setFilter(before);
        }

        assertThat(said).singleElement().asString().contains("+publish +subscribe &rrl:called:*");
    }
}
