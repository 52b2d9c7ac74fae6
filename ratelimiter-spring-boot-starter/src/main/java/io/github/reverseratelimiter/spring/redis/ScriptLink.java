package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The connection that is used now. It is opened in a thread of its own, one attempt at a time, and anew as soon as it is
 * lost, until it is open again.
 *
 * <p>Callers wait for an attempt, but not for longer than a decision may take; while Redis is known to be away, they do
 * not wait.
 */
final class ScriptLink {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Another pause would only add to the time for which the attempt hung. */
    private static final Duration PAUSE_AFTER_HANGING = Duration.ofMillis(50);

    /** Each refused password is a line in somebody's log; but whoever is let in again is to be served within a second. */
    private static final Duration PAUSE_WHEN_REFUSED = Duration.ofMillis(500);

    private sealed interface State {}

    private enum Without implements State {
        NEVER_OPENED,
        OPENING,
        CLOSED
    }

    private record Open(ScriptConnection connection, CompletableFuture<ScriptConnection> future) implements State {

        Open(ScriptConnection connection) {
            this(connection, CompletableFuture.completedFuture(connection));
        }
    }

    private record Away(CreditStoreException cause) implements State {}

    /** A caller, equal to no other. */
    private static final class Waiter {

        final CompletableFuture<ScriptConnection> next = new CompletableFuture<>();
    }

    private final ScriptConnector connector;
    private final Duration patience;
    private final ScheduledExecutorService opening = DaemonThreads.scheduler(IDLE);
    private final AtomicReference<State> state = new AtomicReference<>(Without.NEVER_OPENED);
    private final CompletableFuture<ScriptConnection> first = new CompletableFuture<>();
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private final Set<ScriptConnection> retired = ConcurrentHashMap.newKeySet();

    ScriptLink(ScriptConnector connector, Bounds bounds) {
        this.connector = connector;
        this.patience = bounds.call();
    }

    /** An open connection, as soon as there is one. */
    CompletableFuture<ScriptConnection> connection() {
        State now = state.get();
        if (now instanceof Open open && open.connection().isOpen()) {
            return open.future();
        }
        if (now instanceof Open open) {
            lost(open);
        } else if (now == Without.NEVER_OPENED && state.compareAndSet(now, Without.OPENING)) {
            attemptAfter(Duration.ZERO);
        }
        Waiter waiter = new Waiter();
        settle(waiter);
        return waiter.next.isDone() ? waiter.next : await(waiter);
    }

    private CompletableFuture<ScriptConnection> await(Waiter waiter) {
        waiting.add(waiter);
        settle(waiter);
        return waiter.next
                .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((opened, failure) -> waiting.remove(waiter))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException
                                ? new CreditStoreException(
                                        Reason.TIMEOUT,
                                        "Redis did not decide (no connection within " + patience.toMillis()
                                                + "ms): is it up, and reachable?")
                                : failure));
    }

    /** Completes it as things are, unless a connection is being opened. */
    private void settle(Waiter waiter) {
        CompletableFuture<ScriptConnection> next = waiter.next;
        State now = state.get();
        if (now instanceof Open open) {
            next.complete(open.connection());
        } else if (now instanceof Away away) {
            next.completeExceptionally(away.cause());
        } else if (now == Without.CLOSED) {
            next.completeExceptionally(new CreditStoreException(
                    Reason.CONNECTION, "the connection to Redis is closed: the application is stopping"));
        }
    }

    private void lost(Open open) {
        if (state.compareAndSet(open, Without.OPENING)) {
            attemptAfter(Duration.ZERO);
            retire(open.connection());
        }
    }

    /** What was sent over it may still be answered while somebody waits for that. */
    private void retire(ScriptConnection connection) {
        retired.add(connection);
        try {
            var unused = opening.schedule(() -> giveBack(connection), patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            giveBack(connection);
        }
    }

    private void giveBack(ScriptConnection connection) {
        retired.remove(connection);
        try {
            connection.close();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "A connection could not be given back", e);
        }
    }

    private void attemptAfter(Duration pause) {
        try {
            var unused = opening.schedule(this::attempt, pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "The connection to Redis is not opened: the application is stopping");
        }
    }

    private void attempt() {
        if (state.get() == Without.CLOSED) {
            return;
        }
        try {
            ScriptConnection next = connector.open();
            next.ping();
            opened(new Open(next));
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.DEBUG, "Redis is not reachable yet", e);
            attemptAfter(failed(e));
        }
    }

    /** The first connection, when there is one. */
    CompletableFuture<ScriptConnection> first() {
        return first;
    }

    private void opened(Open open) {
        become(open);
        open.connection().whenLost(() -> lost(open));
        first.complete(open.connection());
        if (state.get() == Without.CLOSED) {
            giveBack(open.connection());
        } else if (!open.connection().isOpen()) {
            lost(open);
        }
    }

    /** Who hangs may answer yet, so callers wait on; who refuses has answered. */
    private Duration failed(Throwable failure) {
        if (RedisFailures.isTimeout(failure)) {
            return PAUSE_AFTER_HANGING;
        }
        CreditStoreException cause = RedisFailures.translate(failure);
        become(new Away(cause));
        return cause instanceof CreditStoreMisconfiguredException ? PAUSE_WHEN_REFUSED : PAUSE;
    }

    private void become(State next) {
        state.updateAndGet(now -> now == Without.CLOSED ? now : next);
        waiting.forEach(this::settle);
    }

    /** Callers that wait are told; whatever is open is closed. */
    void close() {
        State last = state.getAndSet(Without.CLOSED);
        opening.shutdownNow();
        waiting.forEach(this::settle);
        if (last instanceof Open open) {
            giveBack(open.connection());
        }
        retired.forEach(this::giveBack);
        try {
            // An attempt that was interrupted, before what it needs is closed.
            var unused = opening.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (last != Without.CLOSED) {
            connector.close();
        }
    }
}
