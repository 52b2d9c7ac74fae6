package io.github.reverseratelimiter.model;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One key's life whose calls in flight are counted: instances with their leases, and callers that ask, wait, call, end, give up and die,
 * in random order at made-up times. Where all state the same, each answer is what the model says; else what callers see is judged.
 */
final class FlightScenario {

    private static final long BEGIN = 1_800_000_000_000_000L;
    private static final long[] SPANS = {50_000, 100_000, 1_000_000, 7_000_003};
    private static final int[] LIMITS = {1, 2, 3, 4, 5, 6, 8, 20};
    private static final int MANY = 4_099;
    /** A state is kept so much longer than the last caller's margin needs. */
    private static final long MOST_MIXED = 1_000_000;

    private static final CreditKey KEY = new CreditKey("model", "key");
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int TRACE = Integer.getInteger("model.trace", 80);

    private enum State {
        IDLE,
        QUEUED,
        GRANTED,
        CALLING
    }

    /** An instance of the application, in the state in which its last lease is. */
    private static final class Instance {
        private final int number;
        private int generation;
        private List<RateLimit> limits;
        private int cap;
        private Duration margin;
        private Duration pace;

        Instance(int number, List<RateLimit> limits, int cap, Duration margin, Duration pace) {
            this.number = number;
            this.limits = limits;
            this.cap = cap;
            this.margin = margin;
            this.pace = pace;
        }

        long lease() {
            return ((long) generation << 32) | number;
        }

        int least() {
            return limits.stream().mapToInt(RateLimit::limit).min().orElse(3);
        }
    }

    /** A thread of an instance. */
    private static final class Caller {
        private final Instance instance;
        private final boolean counted;
        private final CountUntil mode;
        private State state = State.IDLE;
        private long wake;
        private long id;
        private long lease;
        private int credits;
        private long deadline;
        private long at;

        Caller(Instance instance, boolean counted, CountUntil mode, long wake) {
            this.instance = instance;
            this.counted = counted;
            this.mode = mode;
            this.wake = wake;
        }

        private int open() {
            return mode == CountUntil.COMPLETION ? credits : 0;
        }
    }

    private final long seed;
    private final Random random;
    private final Subject subject;
    private final FlightModel model = new FlightModel();
    private final FlightHistory history = new FlightHistory();
    private final List<Instance> instances = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private final Map<Long, Long> beats = new HashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final Map<Long, Integer> largest = new HashMap<>();
    private final boolean exact;
    /** Limits for which several credits share a slot: their times are known only roughly. */
    private final boolean large;

    private final boolean weighted;
    private final boolean pauses;
    private final boolean steps;
    private final boolean expires;
    private final long base;
    private final long life;
    /** The instances state margins and paces of their own. */
    private final boolean mixed;

    private Duration leastMargin;
    private Duration largestMargin;
    private int largestCap;
    /** The callers' own clock, and how far the store's is before it. */
    private long clock = BEGIN;

    private long skew;
    private long pausedUntil;
    /** A store whose expiry nobody sees may have thrown the state away, or not yet. */
    private boolean perhapsForgotten;

    private boolean pausedAnew;

    /** Who died while he was called up may have been granted credits for up to then. */
    private long latestDeadline;

    private long ids;
    private long operations;
    private long granted;
    private long queuedAnswers;
    private long now;

    FlightScenario(long seed, Subject subject) {
        this.seed = seed;
        this.random = new Random(seed);
        this.subject = subject;
        exact = random.nextInt(3) > 0;
        large = !exact && random.nextInt(3) == 0;
        weighted = random.nextBoolean() || large;
        pauses = random.nextInt(4) == 0;
        steps = random.nextInt(5) == 0 && exact && subject.showsExpiry();
        expires = subject.showsExpiry();
        int windows = random.nextInt(5) == 0 ? 0 : random.nextInt(4) == 0 ? 2 : 1;
        List<RateLimit> limits = new ArrayList<>();
        while (limits.size() < windows) {
            long span = SPANS[random.nextInt(SPANS.length)];
            if (limits.stream().noneMatch(limit -> limit.windowMicros() == span)) {
                limits.add(RateLimit.of(limit(), Duration.ofNanos(span * 1_000)));
            }
        }
        base = limits.stream().mapToLong(RateLimit::windowMicros).min().orElse(100_000);
        int cap = windows == 0 ? 1 + random.nextInt(4) : random.nextInt(5);
        life = base * (1 + random.nextInt(12)) / 2 + 1;
        Duration margin = random.nextBoolean() ? Duration.ZERO : Duration.ofNanos(random.nextLong(base / 4) * 1_000);
        Duration pace = random.nextInt(4) > 0 || limits.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(base / limits.get(0).limit() * 1_000);
        leastMargin = margin;
        largestMargin = margin;
        mixed = seed % 3 == 0;
        int n = 1 + random.nextInt(3);
        for (int i = 1; i <= n; i++) {
            instances.add(new Instance(i, limits, cap, margin, pace));
            if (mixed) {
                mix(instances.get(i - 1));
            }
            state(instances.get(i - 1));
        }
        int mix = random.nextInt(4);
        int threads = 1 + random.nextInt(8);
        for (int i = 0; i < threads; i++) {
            boolean counted = i == 0 || random.nextInt(8) > 0;
            CountUntil mode = mix == 0 || (mix == 1 && random.nextBoolean()) ? CountUntil.GRANT : CountUntil.COMPLETION;
            callers.add(new Caller(instances.get(random.nextInt(n)), counted, mode, clock + random.nextLong(base)));
        }
        subject.fresh();
    }

    /** States another margin, and another pace or none. */
    private void mix(Instance instance) {
        instance.margin = Duration.ofNanos(random.nextLong(Math.min(MOST_MIXED, base / 4)) * 1_000);
        if (!instance.limits.isEmpty() && random.nextInt(3) == 0) {
            boolean spread = instance.pace.isZero();
            instance.pace =
                    spread ? Duration.ofNanos(base / instance.limits.get(0).limit() * 1_000) : Duration.ZERO;
        }
        leastMargin = min(leastMargin, instance.margin);
        largestMargin = max(largestMargin, instance.margin);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private int limit() {
        return LIMITS[random.nextInt(LIMITS.length)] * (large ? MANY : 1);
    }

    private int credits(Instance instance) {
        return weighted ? 1 + random.nextInt(instance.least()) : 1;
    }

    long operations() {
        return operations;
    }

    long granted() {
        return granted;
    }

    long queuedAnswers() {
        return queuedAnswers;
    }

    /** Runs so many operations, and then until nothing is in flight; what went wrong says how to see it again. */
    void run(int count) {
        try {
            while (operations < count) {
                step();
            }
            drain();
            judge();
        } catch (AssertionError | RuntimeException e) {
            throw ScriptSubjects.wentWrong(seed, operations, this + "\n  " + String.join("\n  ", trace), e);
        }
    }

    @Override
    public String toString() {
        return (exact ? "exact " : large ? "large " : "judged ") + instances.get(0).limits + " cap "
                + instances.get(0).cap + " life " + life + " margins and paces "
                + instances.stream().map(each -> each.margin + " " + each.pace).toList();
    }

    // ------------------------------------------------------------------ what happens

    private void step() {
        Caller caller = random.nextInt(25) == 0
                ? callers.get(random.nextInt(callers.size()))
                : callers.stream()
                        .min(Comparator.comparingLong(each -> each.wake))
                        .orElseThrow();
        Optional<Map.Entry<Long, Long>> beat = beats.entrySet().stream().min(Map.Entry.comparingByValue());
        if (beat.isPresent() && beat.get().getValue() <= caller.wake) {
            clock = Math.max(clock, beat.get().getValue());
            beat(beat.get().getKey());
            return;
        }
        clock = random.nextInt(25) == 0 ? clock : Math.max(clock, caller.wake);
        int dice = random.nextInt(300);
        if (dice < 2) {
            die(caller.instance);
        } else if (dice < 4) {
            clock += random.nextLong(2 * life);
        } else if (dice < 5) {
            clock += 10 * life + random.nextLong(20_000_000);
        } else if (dice < 8 && pauses) {
            pause();
        } else if (dice < 12 && steps) {
            skew += random.nextLong(base) - (random.nextInt(3) == 0 ? 0 : 2 * base);
        } else if (dice < 16) {
            unknown(caller.instance);
        } else if (dice < 20 && !exact) {
            change(caller.instance);
        } else if (dice < 24 && mixed) {
            mix(caller.instance);
            note(
                    "instance %d states margin %s pace %s",
                    caller.instance.number, caller.instance.margin, caller.instance.pace);
        } else {
            act(caller);
        }
    }

    private void act(Caller caller) {
        if (!caller.counted) {
            plain(caller);
            return;
        }
        switch (caller.state) {
            case IDLE -> {
                caller.id = ++ids;
                caller.credits = credits(caller.instance);
                caller.deadline = clock + (random.nextInt(4) == 0 ? 0 : random.nextLong(6 * base));
                ask(caller);
            }
            case QUEUED -> {
                if (random.nextInt(12) == 0) {
                    withdraw(caller);
                } else if (random.nextInt(25) == 0) {
                    abandon(caller);
                } else {
                    ask(caller);
                }
            }
            case GRANTED -> {
                if (random.nextInt(12) == 0) {
                    cancel(caller);
                } else if (clock >= caller.wake) {
                    caller.state = State.CALLING;
                    caller.wake = clock + random.nextLong(1 + (random.nextInt(5) == 0 ? 4 * base : base / 2));
                }
            }
            case CALLING -> {
                if (random.nextInt(40) == 0) {
                    abandon(caller);
                } else {
                    end(caller);
                }
            }
            default -> throw new AssertionError(caller.state);
        }
    }

    /** Nobody knows of it any more: its lease is no longer renewed for its sake. */
    private void abandon(Caller caller) {
        note("abandons %d of %s", caller.id, caller.lease);
        caller.instance.generation++;
        idle(caller, random.nextLong(base));
    }

    private void idle(Caller caller, long rest) {
        caller.state = State.IDLE;
        caller.wake = clock + rest;
        long lease = caller.lease;
        caller.lease = 0;
        if (callers.stream().noneMatch(other -> other.lease == lease)) {
            beats.remove(lease);
        }
    }

    /** The instance and all its callers are gone; others like them start. */
    private void die(Instance instance) {
        note("instance %d dies", instance.number);
        instance.generation++;
        callers.stream()
                .filter(each -> each.instance == instance)
                .forEach(each -> idle(each, random.nextLong(2 * life)));
    }

    private void change(Instance instance) {
        if (!instance.limits.isEmpty() && random.nextBoolean()) {
            List<RateLimit> limits = new ArrayList<>(instance.limits);
            int i = random.nextInt(limits.size());
            limits.set(i, RateLimit.of(limit(), limits.get(i).window()));
            instance.limits = limits;
        } else if (instance.cap > 0) {
            instance.cap = 1 + random.nextInt(4);
        }
        note("instance %d states %s cap %d", instance.number, instance.limits, instance.cap);
        state(instance);
    }

    private void state(Instance instance) {
        largestCap = instance.cap == 0 ? Integer.MAX_VALUE : Math.max(largestCap, instance.cap);
        instance.limits.forEach(limit -> largest.merge(limit.windowMicros(), limit.limit(), Math::max));
    }

    // ------------------------------------------------------------------ operations

    private Call call(Instance instance, Optional<Flight> flight, List<Request> requests) {
        return new Call(KEY, instance.limits, instance.margin, instance.pace, flight, requests, TIMEOUT);
    }

    private Optional<Flight> flight(Instance instance, long lease, CountUntil mode) {
        return Optional.of(new Flight(lease, Duration.ofNanos(life * 1_000), instance.cap, mode));
    }

    /** Time at the store. */
    private long time() {
        operations++;
        long time = clock + skew;
        if (expires) {
            if (subject.expired(time)) {
                note("expired");
                if (exact) {
                    assertThat(model.neededUntil())
                            .as("until when the state that has expired is needed")
                            .isLessThanOrEqualTo(model.logical(time));
                }
                // Logical time may begin anew, before what it was.
                history.runOut(Long.MAX_VALUE - 1, operations);
                judge();
                history.forget();
                model.forget();
            }
        }
        perhapsForgotten = !expires && (pausedAnew || model.logical(time) >= model.neededUntil());
        pausedAnew = false;
        return time;
    }

    private void seen(long logical) {
        now = logical;
        history.runOut(now, operations);
    }

    private void ask(Caller caller) {
        Instance instance = caller.instance;
        if (caller.state == State.IDLE || lost(caller.lease)) {
            if (lost(instance.lease())) {
                instance.generation++;
            }
            caller.lease = instance.lease();
        }
        beats.putIfAbsent(caller.lease, clock + life / 3);
        List<Caller> group = new ArrayList<>(List.of(caller));
        if (caller.state == State.IDLE && random.nextInt(8) == 0) {
            callers.stream()
                    .filter(other -> other != caller && other.counted && other.state == State.IDLE)
                    .filter(other -> other.instance == instance && other.mode == caller.mode)
                    .forEach(other -> {
                        other.id = ++ids;
                        other.credits = 1;
                        other.deadline = clock + random.nextLong(4 * base);
                        other.lease = caller.lease;
                        group.add(other);
                    });
        }
        List<Request> requests = group.stream()
                .map(each -> new Request(each.credits, Math.max(0, each.deadline - clock), each.id))
                .toList();
        Call call = call(instance, flight(instance, caller.lease, caller.mode), requests);
        Reply reply = take(call);
        for (int i = 0; i < group.size(); i++) {
            answered(group.get(i), reply.decisions().get(i));
        }
        if (random.nextInt(25) == 0 && group.size() == 1 && caller.state == State.GRANTED) {
            Reply again = take(call);
            assertThat(again.decisions().get(0))
                    .as("a request that arrives twice")
                    .isInstanceOf(Decision.Taken.class);
            assertThat(again.decisions().get(0).at()).as("its time").isEqualTo(caller.at);
        }
    }

    /** Who has been silent for the life of a lease may not use it any more: it would be a new one of the same name. */
    private boolean lost(long lease) {
        return !history.runs(lease, exact ? model.logical(clock + skew) : clock);
    }

    private interface Asking {
        Reply ask(long time, Call call);
    }

    private Reply take(Call call) {
        return take(call, subject::take);
    }

    private Reply take(Call call, Asking way) {
        long time = time();
        boolean stepped = model.steps(time);
        note("asks %s by %s", call.requests(), call.flight().map(Flight::lease));
        Reply reply = way.ask(time, call);
        note("  -> now %d %s", reply.now() - BEGIN, show(reply.decisions()));
        seen(reply.now());
        if (exact) {
            List<Decision> expected = model.take(time, call);
            assertThat(reply.now()).as("logical now").isEqualTo(model.logical(time));
            for (int i = 0; i < expected.size(); i++) {
                Decision decision = reply.decisions().get(i);
                assertThat(decision).as("answer %d of %s", i, show(expected)).hasSameClassAs(expected.get(i));
                assertThat(decision.at())
                        .as("time of answer %d", i)
                        .isEqualTo(expected.get(i).at());
                if (!perhapsForgotten) {
                    assertThat(decision.remaining())
                            .as("remaining")
                            .isEqualTo(expected.get(i).remaining());
                }
                assertThat(decision.next()).as("next").isGreaterThanOrEqualTo(reply.now());
            }
            int last = expected.size() - 1;
            if (!(reply.decisions().get(last) instanceof Decision.Taken)) {
                Request request = call.requests().get(last);
                assertThat(reply.decisions().get(last).at())
                        .as("told time, against the earliest possible one")
                        .isLessThanOrEqualTo(model.possible(request.id(), request.credits()));
            }
            inspect(stepped);
        }
        return reply;
    }

    private void inspect(boolean stepped) {
        subject.inspect(model.changed() || stepped, model.changed() ? model.neededUntil() - model.adjustment() : 0);
        subject.told().ifPresent(told -> assertThat(told).as("who was told").isEqualTo(model.told()));
        if (exact && operations % 16 == 0 && model.changed()) {
            subject.flies()
                    .ifPresent(flies -> assertThat(flies)
                            .as("the state says that calls are in flight")
                            .isEqualTo(model.flies()));
        }
    }

    private void answered(Caller caller, Decision decision) {
        long wait = Math.max(0, decision.at() - now);
        if (decision instanceof Decision.Taken taken) {
            granted++;
            caller.state = State.GRANTED;
            caller.at = taken.at();
            caller.wake = clock + wait;
            history.renew(caller.lease, now + life);
            history.granted(new FlightHistory.Told(
                    caller.id,
                    caller.lease,
                    caller.credits,
                    caller.mode == CountUntil.COMPLETION,
                    model.entry(caller.id),
                    model.turn(caller.id),
                    taken.at(),
                    operations));
        } else if (decision instanceof Decision.Queued) {
            queuedAnswers++;
            latestDeadline = Math.max(latestDeadline, caller.deadline);
            assertThat(decision.at()).as("told time").isLessThanOrEqualTo(now + Math.max(0, caller.deadline - clock));
            caller.state = State.QUEUED;
            history.renew(caller.lease, now + life);
            caller.wake = clock + (wait == 0 || random.nextInt(8) == 0 ? 1 + random.nextLong(base / 2) : wait);
            caller.wake = Math.min(caller.wake, Math.max(clock + 1, caller.deadline));
        } else {
            idle(caller, random.nextBoolean() && wait > 0 ? wait : random.nextLong(base));
        }
    }

    private void plain(Caller caller) {
        Instance instance = caller.instance;
        int credits = credits(instance);
        caller.wake = clock + random.nextLong(base);
        if (instance.limits.isEmpty()) {
            return;
        }
        Request request = new Request(credits, random.nextBoolean() ? 0 : random.nextLong(2 * base), ++ids);
        Call call = call(instance, Optional.empty(), List.of(request));
        Reply reply =
                request.maxWait() == 0 && random.nextBoolean() ? take(call, subject::takeWithAnother) : take(call);
        Decision decision = reply.decisions().get(0);
        if (!(decision instanceof Decision.Taken)) {
            return;
        }
        granted++;
        if (!exact && random.nextInt(5) == 0) {
            refund(credits, decision.at());
        } else {
            history.granted(new FlightHistory.Told(request.id(), 0, credits, false, 0, 0, decision.at(), operations));
        }
    }

    private void refund(int credits, long at) {
        int dropped = subject.refund(time(), credits, at);
        note("refund of %d at %d -> %d", credits, at - BEGIN, dropped);
        if (large) {
            assertThat(dropped).as("credits given back").isLessThanOrEqualTo(credits);
        } else {
            assertThat(dropped).as("credits given back").isEqualTo(credits);
        }
    }

    private Call about(Caller caller) {
        return call(
                caller.instance,
                flight(caller.instance, caller.lease, caller.mode),
                List.of(new Request(caller.open(), 0, ++ids)));
    }

    private interface Question {
        boolean ask(long time);
    }

    /** What the store answers is what the model does; once, or twice. */
    private boolean asked(String what, Caller caller, Question real, Question expected) {
        boolean known = false;
        int times = random.nextInt(15) == 0 ? 2 : 1;
        for (int i = 0; i < times; i++) {
            long time = time();
            boolean stepped = model.steps(time);
            boolean answer = real.ask(time);
            note("%s %d of %s -> %s", what, caller.id, caller.lease, answer);
            if (exact) {
                assertThat(answer).as(what).isEqualTo(expected.ask(time));
                seen(model.logical(time));
                inspect(stepped);
            } else {
                seen(time);
            }
            known = i == 0 ? answer : known;
        }
        return known;
    }

    private void end(Caller caller) {
        Call call = about(caller);
        boolean known =
                asked("end", caller, time -> subject.ended(time, call), time -> model.ended(time, call, caller.id));
        if (known) {
            history.ended(caller.id, now, operations);
            history.renew(caller.lease, now + life);
        }
        lostOrNot(caller, known);
        idle(caller, random.nextLong(base / 2));
    }

    private void cancel(Caller caller) {
        Call call = about(caller);
        boolean known = asked(
                "not made",
                caller,
                time -> subject.notMade(time, call, caller.id),
                time -> model.notMade(time, call, caller.id));
        history.notMade(caller.id);
        lostOrNot(caller, known);
        idle(caller, random.nextLong(base / 2));
    }

    private void withdraw(Caller caller) {
        Call call = about(caller);
        boolean known = asked(
                "withdrawn",
                caller,
                time -> subject.withdrawn(time, call, caller.id),
                time -> model.withdrawn(time, call, caller.id));
        lostOrNot(caller, known);
        idle(caller, random.nextLong(base / 2));
    }

    private void lostOrNot(Caller caller, boolean known) {
        if (!known && caller.instance.lease() == caller.lease) {
            caller.instance.generation++;
        }
    }

    private void beat(long lease) {
        Instance instance = instances.get((int) lease - 1);
        // Now and then too late.
        beats.put(lease, clock + (random.nextInt(30) == 0 ? life + random.nextLong(life) : life / 3));
        Call call = call(instance, flight(instance, lease, CountUntil.COMPLETION), List.of());
        Caller nobody = new Caller(instance, true, CountUntil.COMPLETION, 0);
        nobody.lease = lease;
        boolean known = asked("goes on", nobody, time -> subject.goesOn(time, call), time -> model.goesOn(time, call));
        if (known) {
            history.renew(lease, now + life);
        } else {
            beats.remove(lease);
            lostOrNot(nobody, false);
        }
    }

    /** Nothing comes of what nobody knows. */
    private void unknown(Instance instance) {
        Caller stranger = new Caller(instance, true, CountUntil.COMPLETION, 0);
        stranger.lease = (0xFFFFL << 32) | instance.number;
        stranger.credits = 1;
        stranger.id = 1L << 40;
        Call call = about(stranger);
        boolean known = switch (random.nextInt(4)) {
            case 0 -> asked("end", stranger, time -> subject.ended(time, call), time -> model.ended(time, call, -1));
            case 1 ->
                asked(
                        "not made",
                        stranger,
                        time -> subject.notMade(time, call, stranger.id),
                        time -> model.notMade(time, call, stranger.id));
            case 2 ->
                asked(
                        "withdrawn",
                        stranger,
                        time -> subject.withdrawn(time, call, stranger.id),
                        time -> model.withdrawn(time, call, stranger.id));
            default -> asked("goes on", stranger, time -> subject.goesOn(time, call), time -> model.goesOn(time, call));
        };
        assertThat(known).as("a lease that nobody has").isFalse();
    }

    private void pause() {
        long duration = random.nextLong(2 * base);
        long time = time();
        boolean stepped = model.steps(time);
        pausedAnew = perhapsForgotten;
        long after = subject.pause(time, duration);
        note("pause %d -> held %d", duration, after);
        if (exact) {
            long expected = model.pause(time, call(instances.get(0), Optional.empty(), List.of()), duration);
            if (expires) {
                assertThat(after).as("held").isEqualTo(expected);
            }
            seen(model.logical(time));
            inspect(stepped);
        } else {
            seen(time);
        }
        long added = Math.max(0, now + duration - Math.max(now, pausedUntil));
        history.hold(now, added);
        pausedUntil = Math.max(pausedUntil, now + duration);
        latestDeadline += added;
        callers.stream()
                .filter(caller -> caller.state == State.GRANTED && caller.at > now)
                .forEach(caller -> {
                    caller.at += added;
                    caller.wake += added;
                });
    }

    // ------------------------------------------------------------------ the end

    /** All calls have ended or run out, and one window more: everything is free again, and nothing is left behind. */
    private void drain() {
        long width = largest.keySet().stream().mapToLong(span -> span).max().orElse(0) + micros(largestMargin);
        long until =
                Math.max(Math.max(history.latest(), pausedUntil), exact ? model.neededUntil() - width : latestDeadline);
        clock = Math.max(clock, until + width - skew) + 1;
        if (exact) {
            clock += Math.max(0, until + width - model.logical(clock + skew));
        }
        Instance last = new Instance(1, instances.get(0).limits, instances.get(0).cap, largestMargin, Duration.ZERO);
        last.generation = 0xFFFE;
        if (last.limits.isEmpty()) {
            int free = last.cap;
            for (int i = 0; i <= free; i++) {
                Call one = call(
                        last, flight(last, last.lease(), CountUntil.COMPLETION), List.of(new Request(1, 0, ++ids)));
                assertThat(take(one).decisions().get(0))
                        .as("place %d of %d, when nothing is in flight any more", i + 1, free)
                        .isInstanceOf(i < free ? Decision.Taken.class : Decision.Refused.class);
            }
            return;
        }
        List<Request> all = List.of(new Request(last.least(), 0, ++ids));
        Reply reply = take(call(last, Optional.empty(), all));
        assertThat(reply.decisions().get(0))
                .as("all credits, when nothing is in flight any more")
                .isInstanceOf(Decision.Taken.class);
        subject.flies()
                .ifPresent(flies -> assertThat(flies)
                        .as("the state says that calls are in flight")
                        .isFalse());
    }

    private void judge() {
        largest.forEach((span, limit) -> {
            RateLimit bound = RateLimit.of(limit, Duration.ofNanos(span * 1_000));
            // Who is granted last may state the least; that each is granted by its own the model tells.
            history.judgeWindow(bound, span + micros(leastMargin));
            history.judgeArrivals(bound, span + micros(leastMargin), random);
        });
        history.judgeCap(largestCap);
        if (!mixed) {
            history.judgePace(micros(instances.get(0).pace));
        }
        if (exact) {
            history.judgeOrder();
        }
    }

    private static long micros(Duration duration) {
        return (duration.toNanos() + 999) / 1_000;
    }

    private static String show(List<Decision> decisions) {
        StringBuilder text = new StringBuilder();
        for (Decision decision : decisions) {
            text.append(decision.getClass().getSimpleName())
                    .append(" at ")
                    .append(decision.at() - BEGIN)
                    .append(" remaining ")
                    .append(decision.remaining())
                    .append("; ");
        }
        return text.toString();
    }

    private void note(String format, Object... values) {
        trace.addLast("+" + (clock + skew - BEGIN) + " " + String.format(Locale.ROOT, format, values));
        if (trace.size() > TRACE) {
            trace.removeFirst();
        }
    }
}
