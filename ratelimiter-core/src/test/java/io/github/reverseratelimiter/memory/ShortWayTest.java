package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short way answers what a trip would, and is open to what most callers ask. */
class ShortWayTest {

    private static final long SEED = Long.getLong("short-way.seed", 20_261_130L);
    private static final int LIVES = 400;
    private static final int OPERATIONS = 400;
    private static final long BEGIN = 1_000_000_000;
    private static final CreditKey KEY = new CreditKey("memory", "key");
    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final RateLimit TWENTY = RateLimit.of(20, Duration.ofSeconds(10));
    /** Two of its credits share a slot. */
    private static final RateLimit COARSE = RateLimit.of(5_000, Duration.ofSeconds(1));

    private static final List<List<RateLimit>> PLANS = List.of(
            List.of(FIVE),
            List.of(FIVE, TWENTY),
            List.of(TWENTY, FIVE),
            List.of(COARSE),
            List.of(RateLimit.of(7, FIVE.window())),
            List.of(TWENTY));

    /** A key whose takes go the short way where it is open, beside the same key without it. */
    private static final class Twins {

        private final Ledger one = new Ledger();
        private final Ledger other = new Ledger();
        private final ShortWay shortWay = new ShortWay(one);
        private int takes;
        private int shortTakes;

        Reply take(Call call, long time) {
            long now = one.logical(time);
            Reply reply = shortWay.take(call, now);
            takes++;
            shortTakes += reply == null ? 0 : 1;
            Reply answer = reply == null ? new Trip(one, call, now).decide() : reply;
            assertThat(answer).isEqualTo(new Trip(other, call, other.logical(time)).decide());
            assertThat(one.neededUntil()).isEqualTo(other.neededUntil());
            return answer;
        }

        void drop(int credits, long at, long time) {
            one.logical(time);
            other.logical(time);
            assertThat(one.drop(credits, at)).isEqualTo(other.drop(credits, at));
        }

        void hold(long duration, long time) {
            assertThat(one.hold(duration, one.logical(time))).isEqualTo(other.hold(duration, other.logical(time)));
        }
    }

    private final Twins twins = new Twins();

    private static Call call(List<RateLimit> limits, int credits, long maxWait, long id) {
        return new Call(
                KEY, limits, Duration.ofMillis(25), List.of(new Request(credits, maxWait, id)), Duration.ofSeconds(1));
    }

    /** One life of a key: takes, refunds, pauses, requests that arrive twice, a clock that steps. */
    private static Twins live(Random random) {
        Twins twins = new Twins();
        List<RateLimit> usual = PLANS.get(random.nextInt(PLANS.size()));
        List<Long> granted = new ArrayList<>(List.of(BEGIN));
        long time = BEGIN;
        for (int i = 1; i <= OPERATIONS; i++) {
            int what = random.nextInt(100);
            time += random.nextInt(4) == 0 ? random.nextInt(400_000) : random.nextInt(2_000);
            long some = granted.get(random.nextInt(granted.size()));
            if (what < 8) {
                twins.drop(1 + random.nextInt(3), some, time);
            } else if (what < 10) {
                twins.hold(random.nextInt(500_000), time);
            } else if (what < 12) {
                time -= random.nextInt(1_000_000);
            } else {
                List<RateLimit> limits = what < 15 ? PLANS.get(random.nextInt(PLANS.size())) : usual;
                long maxWait = what < 50 ? 0 : random.nextInt(2_000_000);
                long id = what < 17 ? Math.max(1, i - 3) : i;
                Reply reply = twins.take(call(limits, 1 + random.nextInt(what < 70 ? 1 : 5), maxWait, id), time);
                if (reply.decisions().get(0) instanceof Decision.Taken taken) {
                    granted.add(taken.at());
                }
            }
        }
        return twins;
    }

    @Test
    void answersWhatATripWould() {
        long takes = 0;
        long shortTakes = 0;
        for (int life = 0; life < LIVES; life++) {
            long seed = SEED + life;
            Twins lived = live(seed);
            takes += lived.takes;
            shortTakes += lived.shortTakes;
        }

        assertThat(shortTakes).isBetween(takes / 2, takes - LIVES);
    }

    private static Twins live(long seed) {
        try {
            return live(new Random(seed));
        } catch (AssertionError e) {
            throw new AssertionError("-Dshort-way.seed=" + seed + " shows it first", e);
        }
    }

    @Test
    void isOpenOnceTheWindowsHaveBeenNamed() {
        twins.take(call(List.of(FIVE, TWENTY), 1, 0, 1), BEGIN);
        twins.take(call(List.of(FIVE, TWENTY), 1, 0, 2), BEGIN);

        assertThat(twins.shortTakes).isEqualTo(1);
    }

    @Test
    void isClosedWhereACallIsInFlight() {
        Flight flight = new Flight(1, Duration.ofSeconds(30), 2, CountUntil.GRANT);
        Call flying = new Call(
                KEY,
                List.of(FIVE),
                Duration.ofMillis(25),
                Duration.ZERO,
                Optional.of(flight),
                List.of(new Request(1, 0, 1)),
                Duration.ofSeconds(1));
        twins.take(flying, BEGIN);
        twins.take(call(List.of(FIVE), 1, 0, 2), BEGIN);
        assertThat(twins.shortTakes).isZero();

        twins.take(call(List.of(FIVE), 1, 0, 3), BEGIN + 31_000_000);
        twins.take(call(List.of(FIVE), 1, 0, 4), BEGIN + 31_000_000);

        assertThat(twins.shortTakes).isEqualTo(1);
    }
}
