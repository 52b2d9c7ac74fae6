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
final class Link<C extends Opened> {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Another pause would only add to the time for which the attempt hung. */
    private static final Duration PAUSE_AFTER_HANGING = Duration.ofMillis(50);

    /** Each refused password is a line in somebody's log; but whoever is let in again is to be served within a second. */
    private static final Duration PAUSE_WHEN_REFUSED = Duration.ofMillis(500);

    private sealed interface State<C> {}

    /** No connection, and no reason why; equal to no other. */
    private static final class Without<C> implements State<C> {}

    private record Open<C>(C connection, CompletableFuture<C> future) implements State<C> {

        Open(C connection) {
            this(connection, CompletableFuture.completedFuture(connection));
        }
    }

    private record Away<C>(CreditStoreException cause) implements State<C> {}

    /** A caller, equal to no other. */
    private static final class Waiter<C> {

        final CompletableFuture<C> next = new CompletableFuture<>();
    }

    private final Without<C> neverOpened = new Without<>();
    private final Without<C> underway = new Without<>();
    private final Without<C> closed = new Without<>();
    private final Connector<C> connector;
    private final Duration patience;
    private final ScheduledExecutorService opening = DaemonThreads.scheduler(IDLE);
    private final AtomicReference<State<C>> state = new AtomicReference<>(neverOpened);
    private volatile Runnable whenLost = () -> {};
    private volatile Runnable whenOpened = () -> {};
    private final CompletableFuture<C> first = new CompletableFuture<>();
    private final Set<Waiter<C>> waiting = ConcurrentHashMap.newKeySet();
    private final Set<C> retired = ConcurrentHashMap.newKeySet();

    Link(Connector<C> connector, Bounds bounds) {
        this.connector = connector;
        this.patience = bounds.call();
    }

    /** An open connection, as soon as there is one. */
    CompletableFuture<C> connection() {
        State<C> now = state.get();
        if (now instanceof Open<C> open && open.connection().isOpen()) {
            return open.future();
        }
        if (now instanceof Open<C> open) {
            lost(open);
        } else if (now == neverOpened && state.compareAndSet(now, underway)) {
            attemptAfter(Duration.ZERO);
        }
        Waiter<C> waiter = new Waiter<>();
        settle(waiter);
        return waiter.next.isDone() ? waiter.next : await(waiter);
    }

    private CompletableFuture<C> await(Waiter<C> waiter) {
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
                                                + "ms): is it up, and reachable, with TLS or without?")
                                : failure));
    }

    /** Completes it as things are, unless a connection is being opened. */
    private void settle(Waiter<C> waiter) {
        CompletableFuture<C> next = waiter.next;
        State<C> now = state.get();
        if (now instanceof Open<C> open) {
            next.complete(open.connection());
        } else if (now instanceof Away<C> away) {
            next.completeExceptionally(away.cause());
        } else if (now == closed) {
            next.completeExceptionally(new CreditStoreException(
                    Reason.CONNECTION, "the connection to Redis is closed: the application is stopping"));
        }
    }

    private void lost(Open<C> open) {
        if (state.compareAndSet(open, underway)) {
            attemptAfter(Duration.ZERO);
            retire(open.connection());
            whenLost.run();
        }
    }

    /** What is open is given up for another one. */
    void renew() {
        if (state.get() instanceof Open<C> open) {
            lost(open);
        }
    }

    /** Told whenever what was open is lost. */
    void whenLost(Runnable listener) {
        whenLost = listener;
    }

    /** Told whenever a connection was opened. */
    void whenOpened(Runnable listener) {
        whenOpened = listener;
    }

    /** What was sent over it may still be answered while somebody waits for that. */
    private void retire(C connection) {
        retired.add(connection);
        try {
            var unused = opening.schedule(() -> giveBack(connection), patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            giveBack(connection);
        }
    }

    private void giveBack(C connection) {
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
        if (state.get() == closed) {
            return;
        }
        try {
            C next = connector.open();
            next.ping();
            opened(new Open<>(next));
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.DEBUG, "Redis is not reachable yet", e);
            attemptAfter(failed(e));
        }
    }

    /** The first connection, when there is one. */
    CompletableFuture<C> first() {
        return first;
    }

    private void opened(Open<C> open) {
        become(open);
        open.connection().whenLost(() -> lost(open));
        first.complete(open.connection());
        whenOpened.run();
        if (state.get() == closed) {
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
        become(new Away<>(cause));
        return cause instanceof CreditStoreMisconfiguredException ? PAUSE_WHEN_REFUSED : PAUSE;
    }

    private void become(State<C> next) {
        state.updateAndGet(now -> now == closed ? now : next);
        waiting.forEach(this::settle);
    }

    /** Callers that wait are told; whatever is open is closed. */
    void close() {
        State<C> last = state.getAndSet(closed);
        opening.shutdownNow();
        waiting.forEach(this::settle);
        if (last instanceof Open<C> open) {
            giveBack(open.connection());
        }
        retired.forEach(this::giveBack);
        try {
            // An attempt that was interrupted, before what it needs is closed.
            var unused = opening.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (last != closed) {
            connector.close();
        }
    }
}
