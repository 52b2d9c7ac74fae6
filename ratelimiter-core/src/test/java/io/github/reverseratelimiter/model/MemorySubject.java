package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The store in memory, on a clock that the test sets. */
final class MemorySubject implements Subject {

    private static final int INSTANCES = 3;

    private final CreditKey key = new CreditKey("model", "key");
    private final List<Long> told = new ArrayList<>();
    private long nanos;
    private InMemoryCreditStore store = new InMemoryCreditStore(() -> nanos);
    private long offset;
    private boolean offsetKnown;
    private long others;

    @Override
    public void fresh() {
        offsetKnown = false;
    }

    private void at(long time) {
        told.clear();
        if (!offsetKnown) {
            nanos = 0;
            store = new InMemoryCreditStore(() -> nanos);
            for (int instance = 1; instance <= INSTANCES; instance++) {
                store.whenCalled(instance, told::add);
            }
            offset = time - Duration.ofDays(36_500).toNanos() / 1_000;
            offsetKnown = true;
            begin = time;
        }
        nanos = (time - begin) * 1_000;
    }

    private long begin;

    @Override
    public Reply take(long time, Call call) {
        at(time);
        return shift(store.take(own(call)).toCompletableFuture().join());
    }

    private Reply shift(Reply reply) {
        List<Decision> decisions = reply.decisions().stream().map(this::shift).toList();
        long now = reply.now() + offset;
        return new Reply(now, now, reply.held(), reply.otherLimits(), decisions, reply.grant());
    }

    @Override
    public Reply takeWithAnother(long time, Call call) {
        at(time);
        Call other = another(call);
        List<Reply> replies =
                store.takeAll(List.of(own(call), other)).toCompletableFuture().join();
        return shift(replies.get(0));
    }

    private Decision shift(Decision decision) {
        long at = decision.at() + offset;
        long next = decision.next() + offset;
        if (decision instanceof Decision.Taken) {
            return new Decision.Taken(at, decision.remaining(), next);
        }
        if (decision instanceof Decision.Queued) {
            return new Decision.Queued(at, decision.remaining(), next);
        }
        return decision instanceof Decision.Paused
                ? new Decision.Paused(at, decision.remaining(), next)
                : new Decision.Refused(at, decision.remaining(), next);
    }

    @Override
    public int refund(long time, int credits, long at) {
        at(time);
        return store.refund(key, credits, at - offset).toCompletableFuture().join();
    }

    @Override
    public long pause(long time, long duration) {
        at(time);
        return store.pause(key, Duration.ofNanos(duration * 1_000))
                .toCompletableFuture()
                .join()
                .held();
    }

    /** Nobody has asked for it before. */
    private Call another(Call call) {
        return new Call(
                new CreditKey("model", "another " + ++others),
                call.limits(),
                call.margin(),
                call.requests(),
                call.timeout());
    }

    private Call own(Call call) {
        return new Call(key, call.limits(), call.margin(), call.pace(), call.flight(), call.requests(), call.timeout());
    }

    @Override
    public boolean ended(long time, Call call) {
        at(time);
        return store.ended(own(call)).toCompletableFuture().join();
    }

    @Override
    public boolean notMade(long time, Call call, long request) {
        at(time);
        return store.notMade(own(call), request).toCompletableFuture().join();
    }

    @Override
    public boolean withdrawn(long time, Call call, long request) {
        at(time);
        return store.withdrawn(own(call), request).toCompletableFuture().join();
    }

    @Override
    public boolean goesOn(long time, Call call) {
        at(time);
        return store.goesOn(own(call)).toCompletableFuture().join();
    }

    @Override
    public Optional<Boolean> flies() {
        return Optional.empty();
    }

    @Override
    public Optional<List<Long>> told() {
        return Optional.of(told);
    }

    @Override
    public boolean expired(long time) {
        return false;
    }

    @Override
    public boolean showsExpiry() {
        return false;
    }

    @Override
    public void inspect(boolean mayWrite, long neededUntil) {}
}
