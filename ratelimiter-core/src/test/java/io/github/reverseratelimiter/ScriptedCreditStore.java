package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A store that answers as a test has told it, on the test's clock, and notes what it was asked. */
final class ScriptedCreditStore implements CreditStore {

    record Refund(CreditKey key, int credits, long at) {}

    private final ManualTime time;
    private final Deque<Function<Call, CompletionStage<Reply>>> answers = new ArrayDeque<>();
    final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    final List<List<Call>> together = Collections.synchronizedList(new ArrayList<>());
    final List<Refund> refunds = Collections.synchronizedList(new ArrayList<>());
    final List<CreditStore.Refund> refundsOnce = Collections.synchronizedList(new ArrayList<>());
    final List<CreditStore.Refund> refundsAgain = Collections.synchronizedList(new ArrayList<>());
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    Function<Call, CompletionStage<Reply>> usually = call -> done(taken(Duration.ZERO));
    Function<Refund, CompletionStage<Integer>> whenRefunded = refund -> done(refund.credits());
    Function<CreditStore.Refund, CompletionStage<Integer>> whenRefundedAgain = refund -> done(0);
    Function<Duration, CompletionStage<Held>> whenPaused = duration -> done(paused(duration));
    Function<Call, CompletionStage<Boolean>> whenNotMade = call -> done(true);
    /** What is answered to calls that come together, if they are not all answered alike. */
    List<Reply> togetherAnswers = List.of();

    long held;

    ScriptedCreditStore(ManualTime time) {
        this.time = time;
    }

    /** The next call that has no answer yet gets this one; when all are used up, the usual one. */
    ScriptedCreditStore then(Function<Call, CompletionStage<Reply>> answer) {
        answers.add(answer);
        return this;
    }

    ScriptedCreditStore thenGrantsIn(Duration wait) {
        return then(call -> done(taken(wait)));
    }

    ScriptedCreditStore thenRefusesFor(Duration wait) {
        return then(call -> done(refused(wait)));
    }

    ScriptedCreditStore thenIsPausedFor(Duration wait) {
        return then(call -> done(reply(new Decision.Paused(at(wait), 0, at(wait)))));
    }

    ScriptedCreditStore thenFailsWith(RuntimeException failure) {
        return then(call -> CompletableFuture.failedFuture(failure));
    }

    /** The reply to the next call, which the test completes. */
    CompletableFuture<Reply> thenAnswersLater() {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        then(call -> reply);
        return reply;
    }

    Reply taken(Duration wait) {
        return reply(new Decision.Taken(at(wait), 3, at(wait)));
    }

    Reply refused(Duration wait) {
        return reply(new Decision.Refused(at(wait), 0, at(wait)));
    }

    /** All pauses until now. */
    Held paused(Duration duration) {
        held += duration.toNanos() / 1_000;
        return new Held(time.micros(), held);
    }

    private Reply reply(Decision decision) {
        return new Reply(time.micros(), held, false, List.of(decision));
    }

    long at(Duration wait) {
        return time.micros() + wait.toNanos() / 1_000;
    }

    Request request(int call) {
        return calls.get(call).requests().get(0);
    }

    static <T> CompletionStage<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        calls.add(call);
        events.add("take");
        Function<Call, CompletionStage<Reply>> answer = answers.poll();
        return (answer == null ? usually : answer).apply(call);
    }

    /** As it answers a single call, with the same for each. */
    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> all) {
        together.add(all);
        return take(all.get(0))
                .thenApply(
                        reply -> togetherAnswers.isEmpty() ? Collections.nCopies(all.size(), reply) : togetherAnswers);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        Refund refund = new Refund(key, credits, at);
        refunds.add(refund);
        events.add("refund");
        return whenRefunded.apply(refund);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, CreditStore.Refund refund) {
        refundsOnce.add(refund);
        return refund(key, refund.credits(), refund.at());
    }

    @Override
    public CompletionStage<Integer> refundAgain(CreditKey key, CreditStore.Refund refund) {
        refundsAgain.add(refund);
        return whenRefundedAgain.apply(refund);
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return whenPaused.apply(duration);
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return whenNotMade.apply(call);
    }

    @Override
    public void close() {
        events.add("close");
    }
}
