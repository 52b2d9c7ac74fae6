package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What is asked of one key in the course of its life: mostly takes of one limit; all that follows from the seed. */
final class WishesAtRandom {

    private static final CreditKey KEY = new CreditKey("two", "ways");
    private static final long BEGIN = 1_700_000_000_000_000L;
    private static final int[] LARGE_LIMITS = {100, 1_000, 4_089, 4_090, 5_000, 100_000};
    private static final Duration[] WINDOWS = {Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofHours(1)};
    private static final int[] MARGINS = {0, 1, 25_000};
    private static final double[] DENSITIES = {0.3, 1, 3, 10, 100};
    private static final int[] LENGTHS = {20, 100, 300};
    /** In a thousand wishes: steps of the clock, other limits, pauses, credits that are given back, the same again, a second window, another one from then on. */
    private static final int[] ODDITIES = {0, 10, 50};

    private final Random random;
    private RateLimit limit;
    private final Duration shortest;
    private final Duration margin;
    private final double between;
    private final int mostCredits;
    private final int oddities;
    private final List<byte[]> wishes = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<Long> times = new ArrayList<>(List.of(BEGIN));
    private long time = BEGIN;
    private int identities;

    WishesAtRandom(long seed) {
        random = new Random(seed * 0x9E37_79B9L);
        int most = random.nextInt(3) > 0 ? 1 + random.nextInt(64) : LARGE_LIMITS[random.nextInt(LARGE_LIMITS.length)];
        shortest = WINDOWS[random.nextInt(WINDOWS.length)];
        limit = RateLimit.of(most, shortest);
        margin = micros(Math.min(
                MARGINS[random.nextInt(MARGINS.length)],
                limit.windowMicros())); // never longer, else the ring forgets too early
        between = limit.windowMicros() / (double) Math.min(most, 300) / DENSITIES[random.nextInt(DENSITIES.length)];
        mostCredits = Math.min(most, new int[] {1, 1, 2, 5, 60, most}[random.nextInt(6)]);
        oddities = ODDITIES[random.nextInt(ODDITIES.length)];
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        for (int i = 0; i < length; i++) {
            time += (long) (-Math.log(1 - random.nextDouble()) * between) + random.nextInt(2);
            if (odd()) {
                time += (long)
                        (limit.windowMicros() * (random.nextDouble() * 4 - 1)); // back by one window, or on by three
            }
            next();
        }
    }

    List<byte[]> wishes() {
        return wishes;
    }

    /** In words, for whoever finds that it was answered otherwise. */
    String text(int wish) {
        return limit + ", margin " + margin + ": " + String.join("; ", texts.subList(Math.max(0, wish - 2), wish + 1));
    }

    private boolean odd() {
        return random.nextInt(1_000) < oddities;
    }

    private void next() {
        if (odd()) {
            add("pause", Wish.pause(micros((long) (limit.windowMicros() * random.nextDouble())), 0, time));
        } else if (odd()) {
            long at = times.get(times.size() - 1 - random.nextInt(Math.min(8, times.size())));
            add("refund for " + at, Wish.refund(credits(limit), at, time));
        } else if (odd()) {
            limit = RateLimit.of(limit.limit(), shortest.multipliedBy(1 + random.nextInt(3)));
            take(List.of(limit));
        } else if (odd() && !wishes.isEmpty()) {
            again(Math.max(0, wishes.size() - 1 - random.nextInt(8)));
        } else if (odd()) {
            take(List.of(limit, RateLimit.of(limit.limit(), limit.window().multipliedBy(2))));
        } else if (odd()) {
            int other = limit.limit() + new int[] {-1, 1, 5, limit.limit()}[random.nextInt(4)];
            take(List.of(RateLimit.of(Math.max(1, other), limit.window())));
        } else if (random.nextInt(20) == 0) {
            Call call = call(List.of(limit), 2 + random.nextInt(19));
            add("together " + call.requests(), Wish.takeShared(call, ++identities, time));
        } else {
            take(List.of(limit));
        }
    }

    private void take(List<RateLimit> limits) {
        Call call = call(limits, 1);
        times.add(time);
        add("take of " + limits + " " + call.requests(), Wish.take(call, time));
    }

    /** As a driver sends again what it got no answer to. */
    private void again(int wish) {
        byte[] same = wishes.get(wish).clone();
        ByteBuffer.wrap(same).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, (double) time);
        add("again " + texts.get(wish), same);
    }

    private Call call(List<RateLimit> limits, int requests) {
        List<Request> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            all.add(new Request(credits(limits.get(0)), longestWait(), ++identities));
        }
        return new Call(KEY, limits, margin, all, Duration.ofMinutes(1));
    }

    private int credits(RateLimit of) {
        return Math.min(of.limit(), 1 + random.nextInt(mostCredits));
    }

    private long longestWait() {
        return (long) (limit.windowMicros() * new double[] {0, 0, 0, 0.25, 2}[random.nextInt(5)]);
    }

    private void add(String text, byte[] wish) {
        texts.add(time + ": " + text);
        wishes.add(wish);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }
}
