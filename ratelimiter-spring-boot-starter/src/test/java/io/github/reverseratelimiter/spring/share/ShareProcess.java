package io.github.reverseratelimiter.spring.share;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * One instance of an application, in a JVM of its own, started by {@link LocalShareIT}. For each of several accounts it
 * has a limiter on a Redis of its own, and callers that ask without pause. It ends when its input does.
 */
final class ShareProcess {

    static final int INSTANCES = 3;
    static final Duration MARGIN = Duration.ofMillis(100);
    static final RateLimit LIMIT = RateLimit.of(30, Duration.ofSeconds(1));

    private static final CreditRequest REQUEST = CreditRequest.of("acme", LIMIT).margin(MARGIN);
    private static final int CALLERS = 2;
    private static final Duration PAUSE_WHEN_DENIED = Duration.ofMillis(2);

    private ShareProcess() {}

    /** Arguments: the port of the provider, a name for this instance, and {@code account=port of its Redis} several times. */
    public static void main(String[] arguments) throws IOException {
        LoggingSystem.get(ShareProcess.class.getClassLoader()).setLogLevel("ROOT", LogLevel.WARN);
        for (int i = 2; i < arguments.length; i++) {
            String[] account = arguments[i].split("=", -1);
            ReverseRateLimiter limiter = limiter(Integer.parseInt(account[1]));
            for (int caller = 0; caller < CALLERS; caller++) {
                Socket provider = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
                provider.setTcpNoDelay(true);
                Thread thread = new Thread(() -> ask(limiter, provider, account[0] + " " + arguments[1]), "caller");
                thread.setDaemon(true);
                thread.start();
            }
        }
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
    }

    private static ReverseRateLimiter limiter(int redisPort) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", redisPort);
        factory.start();
        return ReverseRateLimiter.builder(new RedisCreditStore(new SpringDataRedisScriptExecutor(factory), "share:"))
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(), INSTANCES)
                .build();
    }

    private static void ask(ReverseRateLimiter limiter, Socket provider, String who) {
        Semaphore never = new Semaphore(0);
        try {
            while (!never.tryAcquire(0, TimeUnit.NANOSECONDS)) {
                long asked = Arrival.now();
                if (limiter.acquire(REQUEST) instanceof Acquisition.Granted granted) {
                    call(provider, who + " " + asked + " " + granted.basis() + "\n");
                } else {
                    var unused = never.tryAcquire(PAUSE_WHEN_DENIED.toNanos(), TimeUnit.NANOSECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void call(Socket provider, String call) {
        try {
            provider.getOutputStream().write(call.getBytes(StandardCharsets.US_ASCII));
            int unused = provider.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
