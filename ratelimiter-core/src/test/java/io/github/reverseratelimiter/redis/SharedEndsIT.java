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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Issue 5: ends that travel together do what they do one by one, whoever is queued for, and are done once though they are sent twice. */
class SharedEndsIT {

    private static final List<RateLimit> LIMITS =
            List.of(RateLimit.of(6, Duration.ofSeconds(1)), RateLimit.of(20, Duration.ofSeconds(7)));
    private static final int OPERATIONS = 500;

    private record Asked(int lease, CountUntil until, int credits, long id, long deadline) {}

    private final LettuceScriptExecutor executor = RedisServer.shared().executor();
    private final RedisKeys names = new RedisKeys("it:");
    private final CreditKey oneByOne = new CreditKey("ends", UUID.randomUUID().toString());
    private final CreditKey together = new CreditKey("ends", UUID.randomUUID().toString());
    private final List<Asked> inFlight = new ArrayList<>();
    private final List<Asked> queued = new ArrayList<>();
    private long now = 1_000_000_000_000L;
    private long ids;
    private int granted;

    private Answer send(CreditKey key, byte[] wish) {
        return new Answer(
                executor.execute(RedisCreditStore.script(), new byte[][] {names.name(key)}, new byte[][] {wish})
                        .toCompletableFuture()
                        .join());
    }

    private static Call call(CreditKey key, Asked asked, List<Request> requests) {
        Flight flight = new Flight(asked.lease, Duration.ofSeconds(30), 5, asked.until);
        return new Call(
                key,
                LIMITS,
                Duration.ofMillis(10L * asked.lease),
                Duration.ZERO,
                Optional.of(flight),
                requests,
                Duration.ofSeconds(10));
    }

    private void ask(Asked asked) {
        List<Request> request = List.of(new Request(asked.credits, Math.max(0, asked.deadline - now), asked.id));
        Decision decision = decision(oneByOne, asked, request);
        assertThat(decision(together, asked, request)).isEqualTo(decision);
        if (decision instanceof Decision.Taken) {
            granted++;
            inFlight.add(asked);
        } else if (decision instanceof Decision.Queued) {
            queued.add(asked);
        }
    }

    private Decision decision(CreditKey key, Asked asked, List<Request> request) {
        return send(key, Wish.take(call(key, asked, request), now))
                .reply()
                .decisions()
                .get(0);
    }

    private void endAll(int lease) {
        List<Asked> ending =
                inFlight.stream().filter(each -> each.lease == lease).limit(3).toList();
        if (ending.isEmpty()) {
            return;
        }
        inFlight.removeAll(ending);
        List<Request> ends = new ArrayList<>();
        for (Asked each : ending) {
            int open = each.until == CountUntil.COMPLETION ? each.credits : 0;
            ends.add(new Request(open, 0, 0));
            Request end = new Request(open, 0, ++ids);
            assertThat(send(oneByOne, Wish.ended(call(oneByOne, each, List.of(end)), now))
                            .first())
                    .isEqualTo(1);
        }
        byte[] wish = Wish.endedTogether(call(together, ending.get(0), ends), ++ids, now);
        assertThat(send(together, wish.clone()).first()).isEqualTo(1);
        assertThat(send(together, wish.clone()).lost()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void doWhatTheyDoOneByOne(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < OPERATIONS; i++) {
            now += random.nextInt(60_000);
            int what = random.nextInt(4);
            if (what == 0 && !queued.isEmpty()) {
                ask(queued.remove(random.nextInt(queued.size())));
            } else if (what == 1) {
                endAll(1 + random.nextInt(2));
            } else if (queued.size() < 6) {
                CountUntil until = random.nextBoolean() ? CountUntil.COMPLETION : CountUntil.GRANT;
                ask(new Asked(
                        1 + random.nextInt(2), until, 1 + random.nextInt(2), ++ids, now + random.nextInt(3_000_000)));
            }
            assertThat(inFlight).hasSizeLessThanOrEqualTo(5);
        }
        assertThat(granted).isGreaterThan(10);
    }
}
