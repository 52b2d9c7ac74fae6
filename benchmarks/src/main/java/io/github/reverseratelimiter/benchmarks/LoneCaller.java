package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.redis.Alone;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** What sharing trips costs one who has nobody to share them with: a store that lets callers share trips, and the same without that. */
final class LoneCaller {

    static final double MOST = 1.03;

    private final Redis redis;
    private final PrintStream out;
    private final int rounds;
    private final int calls;

    LoneCaller(Redis redis, PrintStream out, int rounds, int calls) {
        this.redis = redis;
        this.out = out;
        this.rounds = rounds;
        this.calls = calls;
    }

    /** A way to Redis, and the p50s in microseconds. */
    record Row(String way, Samples alone, Samples sharing) {

        Goal goal() {
            return new Goal(sharing.over(alone).median(), MOST);
        }

        private List<String> cells() {
            return List.of(
                    way,
                    alone.toString(),
                    sharing.toString(),
                    String.format(Locale.ROOT, "**%.3f**", goal().figure()),
                    goal().toString());
        }
    }

    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        try (Way way = Way.springData(redis)) {
            rows.add(measure(way));
        }
        try (Way way = Way.lettuce(redis)) {
            rows.add(measure(way));
        }
        rows.forEach(row -> out.println("  lone caller: " + String.join("  ", row.cells())));
        return rows;
    }

    private Row measure(Way way) {
        RedisCreditStore store = new RedisCreditStore(way.executor(), RedisCreditStore.DEFAULT_KEY_PREFIX);
        Probe alone = probe("alone", call -> Alone.take(store, call));
        Probe sharing = probe("sharing", store::take);
        Probe.measure(List.of(alone, sharing), rounds);
        return new Row(way.title(), alone.p50(), sharing.p50());
    }

    /** Each with a key of its own, so that both find the same there. */
    private Probe probe(String title, Function<Call, CompletionStage<Reply>> taking) {
        CreditKey key = new CreditKey("lone", title);
        return new Probe(title, rounds, calls, () -> {
            Request request = new Request(1, 0, Request.newId());
            Call call = new Call(key, List.of(Latency.LARGE), Duration.ZERO, List.of(request), Duration.ofMinutes(1));
            if (!(reply(taking.apply(call)).decisions().get(0) instanceof Decision.Taken)) {
                throw new IllegalStateException("a call under " + Latency.LARGE + " was not granted");
            }
        });
    }

    private static Reply reply(CompletionStage<Reply> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static Table table(List<Row> rows) {
        Table table = new Table(List.of("one thread", "without sharing, p50", "with it, p50", "**ratio**", "goal"));
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }
}
