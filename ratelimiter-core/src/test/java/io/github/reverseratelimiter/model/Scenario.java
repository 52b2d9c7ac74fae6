package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One key's life: callers with their limits, and a random order of what they do, at made-up times. */
final class Scenario {

    private static final long BEGIN = 1_800_000_000_000_000L;
    private static final long[] SPANS = {1_000, 100_000, 1_000_000, 7_000_003, 60_000_000, 3_600_000_000L};
    private static final int[] LIMITS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 3, 5, 50, 50, 4_089, 4_090, 5_000, 100_000};
    private static final CreditKey KEY = new CreditKey("model", "key");
    private static final int TRACE = 60;
    /** A TTL counts down in real time while we ask for it. */
    private static final long TTL_TOLERANCE = 20_000;

    /** One of the callers of the key: the limits it states, and its margin. */
    private static final class Caller {
        private List<RateLimit> limits;
        private long margin;

        Caller(List<RateLimit> limits, long margin) {
            this.limits = limits;
            this.margin = margin;
        }

        int leastLimit() {
            return limits.stream().mapToInt(RateLimit::limit).min().orElseThrow();
        }
    }

    private record Receipt(long at, int credits, boolean madeUp) {}

    private final long seed;
    private final Random random;
    private final Subject subject;
    private final Model model = new Model();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final boolean changing;
    private final boolean weighted;
    private final boolean waits;
    private final boolean steps;
    private final boolean refunds;
    private final boolean pauses;
    private final boolean batches;
    private final int largest;
    private final long shortest;
    private final long longest;
    private long time = BEGIN;
    private long travelled;
    private long ids;
    private long operations;
    private boolean mustTakeNext;

    Scenario(long seed, Subject subject) {
        this.seed = seed;
        this.random = new Random(seed);
        this.subject = subject;
        changing = random.nextInt(3) == 0;
        weighted = random.nextInt(3) > 0;
        waits = random.nextInt(3) > 0;
        steps = random.nextInt(4) == 0;
        refunds = random.nextInt(2) == 0;
        pauses = random.nextInt(4) == 0;
        batches = random.nextInt(2) == 0;
        int n = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
        List<RateLimit> first = limits(1 + (random.nextInt(3) == 0 ? random.nextInt(3) : 0));
        callers.add(new Caller(first, 0));
        while (callers.size() < n) {
            callers.add(new Caller(limits(1 + random.nextInt(2)), 0));
        }
        largest = callers.stream()
                .flatMap(caller -> caller.limits.stream())
                .mapToInt(RateLimit::limit)
                .max()
                .orElseThrow();
        shortest = callers.stream()
                .flatMap(caller -> caller.limits.stream())
                .mapToLong(RateLimit::windowMicros)
                .min()
                .orElseThrow();
        longest = callers.stream()
                .flatMap(caller -> caller.limits.stream())
                .mapToLong(RateLimit::windowMicros)
                .max()
                .orElseThrow();
        long margin = random.nextInt(2) == 0 ? 0 : random.nextLong(shortest / 4);
        callers.forEach(caller -> caller.margin = margin);
        subject.fresh();
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

    Model model() {
        return model;
    }

    /** Runs so many operations; what went wrong says how to see it again. */
    void run(int count) {
        try {
            for (int i = 0; i < count; i++) {
                step();
            }
            bruteForce();
        } catch (AssertionError | RuntimeException e) {
            throw ScriptSubjects.wentWrong(seed, operations, String.join("\n  ", trace), e);
        }
    }

    private void step() {
        operations++;
        advance();
        if (!expire()
                && !subject.showsExpiry()
                && model.peek(time) >= model.neededUntil(0)
                && model.neededUntil(0) > 0) {
            // When it expires cannot be seen: go on where it certainly has.
            time = Math.max(time, model.horizon(longest) - model.adjustment());
            model.forget();
            receipts.clear();
            mustTakeNext = true;
        }
        Caller caller = callers.get(random.nextInt(callers.size()));
        int what = mustTakeNext ? 0 : random.nextInt(100);
        mustTakeNext = false;
        if (changing && random.nextInt(40) == 0) {
            change(caller);
        }
        if (refunds && what >= 82) {
            refund();
        } else if (pauses && what >= 80) {
            pause();
        } else {
            take(caller);
        }
        if (operations % 64 == 0) {
            bruteForce();
        }
    }

    /** Lets the state expire if its time has come. */
    private boolean expire() {
        if (!subject.expired(time)) {
            return false;
        }
        long now = time + model.adjustment();
        note("expired");
        if (now + TTL_TOLERANCE < model.neededUntil(0)) {
            throw new AssertionError("the state expired at " + now + " but is needed until " + model.neededUntil(0));
        }
        model.forget();
        receipts.clear();
        return true;
    }

    private void advance() {
        long span = callers.get(0).limits.get(0).windowMicros();
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> {}
            case 5, 6, 7, 8 -> time += random.nextLong(1 + 2 * span / Math.min(largest, 50));
            case 9, 10, 11 -> time += random.nextLong(span / 2 + 1);
            case 12 -> time += random.nextLong(2 * span + 1);
            case 13 -> time += random.nextInt(8) == 0 ? random.nextLong(8 * span) : 1;
            case 14 -> {
                if (steps) {
                    time -= random.nextLong(random.nextInt(4) == 0 ? 3_600_000_000L : span + 1);
                    note("clock back");
                }
            }
            case 15 -> time += shortest;
            default -> time += random.nextLong(1 + shortest / 4);
        }
    }

    private void change(Caller caller) {
        if (random.nextInt(3) == 0) {
            caller.margin = random.nextLong(shortest / 2);
            note("margin %d", caller.margin);
            return;
        }
        List<RateLimit> changed = new ArrayList<>(caller.limits);
        int i = random.nextInt(changed.size());
        int limit = changed.get(i).limit();
        int other = random.nextInt(3) == 0
                ? LIMITS[random.nextInt(LIMITS.length)]
                : Math.max(1, limit + random.nextInt(limit + 1) - limit / 2);
        changed.set(i, RateLimit.of(other, changed.get(i).window()));
        caller.limits = changed;
        note("limit %s", changed.get(i));
    }

    private void take(Caller caller) {
        int n = batches && random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
        List<Request> requests = new ArrayList<>();
        long span = caller.limits.get(0).windowMicros();
        for (int i = 0; i < n; i++) {
            long id = ++ids;
            List<Long> known = model.identities();
            if (!known.isEmpty() && random.nextInt(25) == 0) {
                id = known.get(random.nextInt(known.size()));
                if (i > 0) {
                    id = ids - random.nextInt(i + 1);
                }
            }
            long wait = !waits || random.nextInt(3) == 0
                    ? 0
                    : random.nextInt(5) == 0 ? 5 * span : random.nextLong(span + 1);
            requests.add(new Request(credits(caller), wait, id));
        }
        ask(caller, requests);
    }

    private int credits(Caller caller) {
        int least = caller.leastLimit();
        if (least > 50) {
            return weighted
                    ? 1 + random.nextInt(Math.min(least, 2 + least / (1 + random.nextInt(20))))
                    : 1 + random.nextInt(least / 20);
        }
        return weighted && random.nextInt(2) == 0 ? 1 + random.nextInt(least) : 1;
    }

    private void ask(Caller caller, List<Request> requests) {
        Reply reply = judged(caller, requests);
        Decision decision = reply.decisions().get(0);
        if (requests.size() == 1
                && !(decision instanceof Decision.Taken)
                && decision.at() - reply.now() < 20 * shortest + 1_000_000
                && random.nextInt(6) == 0) {
            keepsItsWord(caller, requests.get(0), reply);
        }
    }

    /** Refused now, and just before the time it was told; granted at that time. */
    private void keepsItsWord(Caller caller, Request refused, Reply reply) {
        long wait = reply.decisions().get(0).at() - reply.now();
        long before = time;
        if (!subject.showsExpiry() && model.peek(before + wait) >= model.neededUntil(0)) {
            return;
        }
        time = before + wait - 1;
        // Another caller's window may be forgotten meanwhile, and then it is earlier than it was told.
        if (!expire() && callers.size() == 1) {
            Reply early = judged(caller, List.of(new Request(refused.credits(), 0, ++ids)));
            if (early.decisions().get(0) instanceof Decision.Taken) {
                throw new AssertionError("granted before the time it was told");
            }
        }
        time = before + wait;
        expire();
        Reply again = judged(caller, List.of(new Request(refused.credits(), 0, ++ids)));
        if (!(again.decisions().get(0) instanceof Decision.Taken)) {
            throw new AssertionError("refused at the time it was told");
        }
    }

    private Reply judged(Caller caller, List<Request> requests) {
        note("take %s margin %d of %s", requests, caller.margin, caller.limits);
        Call call =
                new Call(KEY, caller.limits, Duration.ofNanos(caller.margin * 1_000), requests, Duration.ofSeconds(1));
        boolean stepped = model.steps(time);
        List<Long> known = model.identities();
        boolean together = travelTogether(requests, known);
        Reply reply = together ? subject.takeTogether(time, call) : subject.take(time, call);
        note(
                "  -> %snow %d held %d %s",
                together ? "together, " : "", reply.now() - BEGIN, reply.held(), show(reply.decisions()));
        boolean wrote = together ? model.takeTogether(time, call, reply) : model.take(time, call, reply);
        travelled += together ? 1 : 0;
        subject.inspect(wrote || stepped, wrote ? model.neededUntil(caller.margin) - model.adjustment() : 0);
        Set<Long> fresh = new HashSet<>();
        for (int i = 0; i < requests.size(); i++) {
            if (reply.decisions().get(i) instanceof Decision.Taken taken
                    && !known.contains(requests.get(i).id())
                    && fresh.add(requests.get(i).id())) {
                receipts.add(new Receipt(taken.at(), requests.get(i).credits(), false));
                if (receipts.size() > 40) {
                    receipts.remove(0);
                }
            }
        }
        return reply;
    }

    /** Half of those who may, without asking the random numbers: lives that went wrong once stay as they were. */
    private boolean travelTogether(List<Request> requests, List<Long> known) {
        return requests.size() > 1
                && subject.knowsTravellers()
                && ids % 2 == 0
                && requests.stream().map(Request::id).distinct().count() == requests.size()
                && requests.stream().noneMatch(request -> known.contains(request.id()));
    }

    /** How often several travelled together. */
    long travelled() {
        return travelled;
    }

    private static String show(List<Decision> decisions) {
        StringBuilder text = new StringBuilder();
        for (Decision decision : decisions) {
            text.append(decision.getClass().getSimpleName())
                    .append(" at ")
                    .append(decision.at() - BEGIN)
                    .append(" remaining ")
                    .append(decision.remaining())
                    .append(" next ")
                    .append(decision.next() - BEGIN)
                    .append("; ");
        }
        return text.toString();
    }

    private void refund() {
        Receipt receipt = receipts.isEmpty() || random.nextInt(10) == 0
                ? new Receipt(time - random.nextLong(shortest), 1 + random.nextInt(3), true)
                : receipts.remove(
                        receipts.size() - 1 - random.nextInt(Math.min(receipts.size(), 1 + random.nextInt(12))));
        if (receipt.madeUp() && model.mistakable(receipt.at())) {
            // There a store must believe who gives a credit back.
            return;
        }
        boolean among = model.grants().after(receipt.at() - 1) > callers.get(0).leastLimit() / 2;
        int twice = largest <= Watched.MAX_SLOTS
                        && callers.size() == 1
                        && !changing
                        && !among
                        && !model.refunded()
                        && random.nextInt(6) == 0
                ? 2
                : 1;
        for (int i = 0; i < twice; i++) {
            note("refund %d at %d", receipt.credits(), receipt.at() - BEGIN);
            boolean stepped = model.steps(time);
            int dropped = subject.refund(time, receipt.credits(), receipt.at());
            note("  -> %d", dropped);
            boolean wrote = model.refund(time, receipt.credits(), receipt.at(), dropped);
            subject.inspect(wrote || stepped, wrote ? model.neededUntil(0) - model.adjustment() : 0);
        }
    }

    private void pause() {
        long duration = random.nextLong(2 * shortest);
        note("pause %d", duration);
        boolean stepped = model.steps(time);
        long now = model.peek(time);
        long held = subject.pause(time, duration);
        note("  -> %d", held);
        boolean wrote = model.pause(time, duration, held);
        if (wrote) {
            receipts.replaceAll(receipt -> receipt.at() > now
                    ? new Receipt(receipt.at() + model.lastAdded(), receipt.credits(), false)
                    : receipt);
        }
        subject.inspect(wrote || stepped, wrote ? model.neededUntil(0) - model.adjustment() : 0);
    }

    private void bruteForce() {
        if (!changing && callers.size() == 1) {
            for (RateLimit limit : callers.get(0).limits) {
                model.bruteForce(limit.windowMicros(), limit.limit());
            }
        }
    }

    private void note(String format, Object... values) {
        trace.addLast("+" + (time - BEGIN) + " " + String.format(java.util.Locale.ROOT, format, values));
        if (trace.size() > TRACE) {
            trace.removeFirst();
        }
    }
}
