package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.Subscription;
import org.springframework.data.redis.connection.SubscriptionListener;

/**
 * Listens over a connection of Spring Data. Where the client blocks while it listens, as Jedis does, that is a thread of
 * ours, which also gives the connection back: nobody else may use it before.
 */
final class SpringDataSubscription implements Opened {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** How to give a connection back, in two steps. */
    interface Ending {

        /** Lets the thread that listens return. */
        default void stop(RedisConnection connection) {
            Subscription subscription = connection.getSubscription();
            if (subscription != null) {
                subscription.unsubscribe();
            }
        }

        /** Nobody listens any more. */
        default void close(RedisConnection connection) {
            connection.close();
        }
    }

    private final RedisConnection connection;
    private final Channel channel;
    private final Ending ending;
    private final ThreadPoolExecutor thread = DaemonThreads.executor(1, IDLE, new LinkedBlockingQueue<>());
    private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private volatile boolean blocks = true;

    private SpringDataSubscription(RedisConnection connection, Channel channel, Ending ending) {
        this.connection = connection;
        this.channel = channel;
        this.ending = ending;
    }

    /** Begins to listen, and waits until Redis has heard of it. */
    static SpringDataSubscription open(RedisConnection connection, Channel channel, Duration patience, Ending ending) {
        SpringDataSubscription subscription = new SpringDataSubscription(connection, channel, ending);
        subscription.thread.execute(subscription::listen);
        try {
            subscription
                    .subscribed
                    .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            subscription.close();
            throw e;
        }
        return subscription;
    }

    private void listen() {
        try {
            connection.subscribe(new Listener(), channel.bytes());
            blocks = !connection.isSubscribed();
            if (blocks) {
                over(new CreditStoreException(Reason.CONNECTION, "Redis is not listened to any more"));
            } else {
                subscribed.complete(null);
            }
        } catch (RuntimeException | Error e) {
            over(e);
        }
    }

    private void over(Throwable reason) {
        try {
            ending.close(connection);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "A connection could not be given back", e);
        }
        subscribed.completeExceptionally(reason);
        lost.complete(null);
    }

    @Override
    public boolean isOpen() {
        return !lost.isDone();
    }

    @Override
    public void whenLost(Runnable listener) {
        var unused = lost.thenRun(listener);
    }

    /** A client that blocks, on a connection of the application's that hangs, gives it back when it hangs no more. */
    @Override
    public void close() {
        thread.shutdown();
        if (lost.isDone()) {
            return;
        }
        if (blocks) {
            ending.stop(connection);
        } else {
            ending.close(connection);
        }
    }

    private final class Listener implements MessageListener, SubscriptionListener {

        @Override
        public void onMessage(Message message, byte @Nullable [] pattern) {
            channel.hear(message.getBody());
        }

        @Override
        public void onChannelSubscribed(byte[] name, long count) {
            subscribed.complete(null);
        }
    }
}
