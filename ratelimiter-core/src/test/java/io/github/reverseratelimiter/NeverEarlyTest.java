package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.at;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On networks of every kind, in JVMs that stand still at any moment: nobody goes before his time, nobody long after it, and what nobody
 * goes with comes back. In virtual time, from seeds.
 */
class NeverEarlyTest {

    private static final Duration STORE_TIMEOUT = millis(250);
    private static final int LIVES = 2_000;
    private static final int CALLS = 12;

    /** One limiter, and what becomes of its callers. */
    private static final class Life {

        private final Random random;
        private final ManualTime time = new ManualTime();
        private final ManualSleeper sleeper = new ManualSleeper(time);
        private final ScriptedCreditStore store = new ScriptedCreditStore(time);
        private final ReverseRateLimiter limiter;
        private final List<Acquisition> answers = new ArrayList<>();
        private final boolean blocking;
        private final long usual;
        private int taken;
        private int used;

        Life(long seed, boolean blocking) {
            this.random = new Random(seed);
            this.blocking = blocking;
            this.usual = 1L << random.nextInt(28); // up to 0.27 s
            this.limiter = ReverseRateLimiter.builder(store)
                    .time(time, sleeper)
                    .executor(Runnable::run)
                    .storeTimeout(STORE_TIMEOUT)
                    .build();
            store.usually = this::trip;
        }

        /** Nearly always as long as ever, now and then anything. */
        private Duration way() {
            int kind = random.nextInt(20);
            return kind == 0
                    ? Duration.ofMinutes(random.nextInt(20))
                    : kind < 4 ? millis(random.nextInt(400)) : Duration.ofNanos(usual / 2 + random.nextLong(usual));
        }

        private CompletionStage<Reply> trip(Call call) {
            Duration wait = millis(Math.max(0, random.nextInt(600) - 200));
            if (blocking) {
                time.advance(way());
                Reply reply = decide(call, wait);
                time.advance(way());
                return ScriptedCreditStore.done(reply);
            }
            CompletableFuture<Reply> answer = new CompletableFuture<>();
            Duration there = way();
            sleeper.schedule(
                    () -> {
                        Reply reply = decide(call, wait);
                        sleeper.schedule(() -> answer.complete(reply), way().toNanos(), Runnable::run);
                    },
                    there.toNanos(),
                    Runnable::run);
            return answer;
        }

        private Reply decide(Call call, Duration wait) {
            boolean fits = wait.toNanos() / 1_000 <= call.requests().get(0).maxWait();
            taken += fits ? 1 : 0;
            return fits ? store.taken(wait) : store.refused(wait);
        }

        private CreditRequest request() {
            CreditRequest request = ONE.margin(millis(List.of(0, 5, 25, 100).get(random.nextInt(4))));
            return switch (random.nextInt(3)) {
                case 0 -> request;
                case 1 -> request.retries(random.nextInt(3));
                default -> request.maxWait(millis(random.nextInt(2_000)));
            };
        }

        void live() {
            for (int i = 0; i < CALLS; i++) {
                if (random.nextInt(10) == 0) {
                    time.advance(Duration.ofHours(1));
                }
                sleeper.oversleepsBy(millis(random.nextInt(5) == 0 ? random.nextInt(100) : 0));
                CreditRequest request = request();
                if (blocking) {
                    answered(request, limiter.acquire(request));
                } else {
                    limiter.acquireAsync(request).thenAccept(answer -> answered(request, answer));
                    sleeper.pass(millis(random.nextInt(1_000)));
                }
            }
            sleeper.pass(Duration.ofHours(2));
            assertThat(answers).as("each has an answer").hasSize(CALLS);
            assertThat(store.refunds).as("what nobody goes with").hasSize(taken - used);
        }

        private void answered(CreditRequest request, Acquisition answer) {
            answers.add(answer);
            if (!(answer instanceof Granted granted)) {
                return;
            }
            assertThat(granted.basis()).isInstanceOf(Basis.Store.class);
            used++;
            long at = at(granted);
            assertThat(time.micros()).as("not before its time").isGreaterThanOrEqualTo(at);
            // A first reply is believed to have been under way for no longer than a store is waited for.
            long forgiven =
                    Math.max(5_000, request.margin().toNanos() / 1_000 - 5_000) + STORE_TIMEOUT.toNanos() / 1_000;
            assertThat(time.micros() - at).as("not long after it").isLessThanOrEqualTo(forgiven);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesNeitherBeforeItsTimeNorLongAfterIt(boolean blocking) {
        int granted = 0;
        int waited = 0;
        for (long seed = 0; seed < LIVES; seed++) {
            Life life = new Life(seed, blocking);
            try {
                life.live();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            granted += life.used;
            waited += (int) life.answers.stream()
                    .filter(each -> each instanceof Granted one && one.waited().compareTo(millis(100)) > 0)
                    .count();
        }
        assertThat(granted).isGreaterThan(LIVES);
        assertThat(waited).isGreaterThan(LIVES / 4);
    }
}
