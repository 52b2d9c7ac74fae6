package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/**
 * Two keys' life, each judged by a model of its own: takes of one or of both, places in a line, refunds, pauses, clocks that step
 * back. It ends where a state could be forgotten.
 */
final class Pair {

    private static final long[] SPANS = {1_000_000, 2_500_000, 7_000_003, 60_000_000};
    private static final int[] LIMITS = {1, 2, 3, 5, 8, 12, 50, 4_090};
    private static final int TRACE = 40;

    /** A store whose clock the test sets, and whose states it may see. */
    interface Subject {

        CreditStore store();

        void time(long micros);

        /** What is written down for a key, or nothing where nobody can see it. */
        String state(CreditKey key);
    }

    private record Receipt(long at, int credits) {}

    /** What one of the callers of a key states. */
    private record Caller(List<RateLimit> limits, Duration margin) {

        private int leastLimit() {
            return limits.stream().mapToInt(RateLimit::limit).min().orElseThrow();
        }
    }

    /** One of the two keys, with those who call under it. */
    private static final class Side {
        private final CreditKey key;
        private final List<Caller> callers;
        private final Model model = new Model();
        private final List<Receipt> receipts = new ArrayList<>();

        private Side(CreditKey key, List<Caller> callers) {
            this.key = key;
            this.callers = callers;
        }

        private Call call(Caller caller, Request request) {
            return new Call(key, caller.limits, caller.margin, List.of(request), Duration.ofSeconds(1));
        }
    }

    private final long seed;
    private final Random random;
    private final Subject subject;
    private final List<Side> sides = new ArrayList<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final long shortest;
    private final boolean steps;
    private final long begin;
    private long time;
    private long ids;
    private long operations;
    private long together;
    private long refused;

    Pair(long seed, Subject subject, long begin) {
        this.seed = seed;
        this.random = new Random(seed);
        this.subject = subject;
        this.begin = begin;
        this.time = begin;
        steps = random.nextInt(3) == 0;
        int callers = random.nextInt(3) == 0 ? 3 : 1;
        for (int i = 0; i < 2; i++) {
            sides.add(new Side(new CreditKey("pair", seed + "-" + i), callers(callers)));
        }
        shortest = sides.stream()
                .flatMap(side -> side.callers.stream())
                .flatMap(caller -> caller.limits.stream())
                .mapToLong(RateLimit::windowMicros)
                .min()
                .orElseThrow();
    }

    private List<Caller> callers(int n) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Duration margin = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(100));
            callers.add(new Caller(limits(1 + random.nextInt(4) / 3), margin));
        }
        return callers;
    }

    private List<RateLimit> limits(int n) {
        List<RateLimit> limits = new ArrayList<>();
        while (limits.size() < n) {
            long span = SPANS[random.nextInt(SPANS.length)];
            if (limits.stream().noneMatch(limit -> limit.windowMicros() == span)) {
                limits.add(RateLimit.of(LIMITS[random.nextInt(LIMITS.length)], Duration.ofNanos(span * 1_000)));
            }
        }
        return limits;
    }

    long operations() {
        return operations;
    }

    /** Takes of both keys that were granted. */
    long together() {
        return together;
    }

    /** Takes of both keys that were refused. */
    long refused() {
        return refused;
    }

    /** Runs so many operations, or until a state may be forgotten; what went wrong says how to see it again. */
    void run(int count) {
        try {
            for (int i = 0; i < count && nothingIsForgotten(); i++) {
                step();
            }
            for (Side side : sides) {
                if (side.callers.size() == 1) {
                    for (RateLimit limit : side.callers.get(0).limits) {
                        side.model.bruteForce(limit.windowMicros(), limit.limit());
                    }
                }
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "pair " + seed + " after " + operations + " operations: " + e.getMessage() + "\n  "
                            + String.join("\n  ", trace),
                    e);
        }
    }

    private boolean nothingIsForgotten() {
        return sides.stream().allMatch(side -> {
            long until = side.model.neededUntil(0);
            return until == 0 || side.model.peek(time) < until;
        });
    }

    private void step() {
        advance();
        if (!nothingIsForgotten()) {
            return;
        }
        operations++;
        subject.time(time);
        Side side = sides.get(random.nextInt(2));
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> single(side);
            case 5, 6 -> refund(side);
            case 7 -> pause(side);
            default -> both();
        }
    }

    private void advance() {
        switch (random.nextInt(12)) {
            case 0, 1 -> {}
            case 2 -> time += shortest / 2;
            case 3 -> {
                if (steps) {
                    time -= random.nextLong(2 * shortest);
                }
            }
            default -> time += random.nextLong(1 + shortest / 8);
        }
    }

    private int credits(Caller caller) {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(caller.leastLimit()) : 1;
    }

    private Caller caller(Side side) {
        return side.callers.get(random.nextInt(side.callers.size()));
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private void single(Side side) {
        long wait = random.nextInt(3) == 0 ? random.nextLong(3 * shortest) : 0;
        Caller caller = caller(side);
        Call call = side.call(caller, new Request(credits(caller), wait, ++ids));
        note("one %s %s %s", side.key.value(), call.requests(), caller);
        Reply reply = done(subject.store().take(call));
        judge(side, call, reply);
    }

    private void judge(Side side, Call call, Reply reply) {
        note("  -> now +%d %s", reply.now() - begin, reply.decisions());
        boolean known = side.model.identities().contains(call.requests().get(0).id());
        side.model.take(time, call, reply);
        if (!known && reply.decisions().get(0) instanceof Decision.Taken taken) {
            side.receipts.add(new Receipt(taken.at(), call.requests().get(0).credits()));
        }
    }

    private void both() {
        boolean reversed = random.nextBoolean();
        List<Side> order = reversed ? List.of(sides.get(1), sides.get(0)) : sides;
        long id = again();
        List<Caller> callers = order.stream().map(this::caller).toList();
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(order.get(i).call(callers.get(i), new Request(credits(callers.get(i)), 0, id)));
        }
        note("both %s %s %s", calls.get(0).requests(), calls.get(1).requests(), callers);
        List<Boolean> stepped =
                order.stream().map(side -> side.model.steps(time)).toList();
        List<String> before =
                order.stream().map(side -> subject.state(side.key)).toList();
        List<Reply> replies = done(subject.store().takeAll(calls));
        boolean taken = isTaken(replies.get(0));
        if (isTaken(replies.get(1)) != taken) {
            throw new AssertionError("one was taken, the other was not: " + replies);
        }
        if (!taken
                && replies.stream().allMatch(reply -> reply.decisions().get(0).at() <= reply.now())) {
            throw new AssertionError("refused, but both are free: " + replies);
        }
        boolean replayed =
                order.stream().anyMatch(side -> side.model.identities().contains(id));
        for (int i = 0; i < 2; i++) {
            Side side = order.get(i);
            Request asked = calls.get(i).requests().get(0);
            // Refused for the other's sake: as one who may not even be granted now.
            Request judged = taken ? asked : new Request(asked.credits(), -1, asked.id());
            if (!replayed || side.model.identities().contains(id)) {
                judge(side, side.call(callers.get(i), judged), replies.get(i));
            }
            if ((!taken || replayed) && !stepped.get(i) && !before.get(i).equals(subject.state(side.key))) {
                throw new AssertionError("what took nothing has written to " + side.key.value());
            }
        }
        together += taken ? 1 : 0;
        refused += taken ? 0 : 1;
    }

    /** A new identity, or one of the last that both keys still know. */
    private long again() {
        if (random.nextInt(12) == 0) {
            List<Long> known = new ArrayList<>(sides.get(0).model.identities());
            known.retainAll(sides.get(1).model.identities());
            if (!known.isEmpty()) {
                return known.get(random.nextInt(known.size()));
            }
        }
        return ++ids;
    }

    private static boolean isTaken(Reply reply) {
        return reply.decisions().get(0) instanceof Decision.Taken;
    }

    private void refund(Side side) {
        if (side.receipts.isEmpty()) {
            return;
        }
        Receipt receipt = side.receipts.remove(side.receipts.size() - 1);
        note("refund %s %s", side.key.value(), receipt);
        int dropped = done(subject.store().refund(side.key, receipt.credits(), receipt.at()));
        side.model.refund(time, receipt.credits(), receipt.at(), dropped);
    }

    private void pause(Side side) {
        if (random.nextInt(3) > 0) {
            return;
        }
        long duration = random.nextLong(shortest);
        note("pause %s %d", side.key.value(), duration);
        long now = side.model.peek(time);
        long held = done(subject.store().pause(side.key, Duration.ofNanos(duration * 1_000)))
                .held();
        if (side.model.pause(time, duration, held)) {
            side.receipts.replaceAll(receipt -> receipt.at() > now
                    ? new Receipt(receipt.at() + side.model.lastAdded(), receipt.credits())
                    : receipt);
        }
    }

    private void note(String format, Object... values) {
        trace.addLast("+" + (time - begin) + " " + String.format(Locale.ROOT, format, values));
        if (trace.size() > TRACE) {
            trace.removeFirst();
        }
    }
}
