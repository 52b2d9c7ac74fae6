package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** One instance of an application, in a JVM of its own, started by {@link Instance}. It ends when its input does. */
final class InstanceProcess {

    private InstanceProcess() {}

    /** Arguments: the port of Redis, a name for this instance, the file for its diary. */
    public static void main(String[] arguments) throws IOException {
        LoggingSystem.get(InstanceProcess.class.getClassLoader()).setLogLevel("ROOT", LogLevel.WARN);
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", Integer.parseInt(arguments[0]));
        factory.start();
        useRedis(factory);
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory);
        executor.warmUp();
        try (Diary diary = new Diary(Path.of(arguments[2]), arguments[1])) {
            ReverseRateLimiter limiter = ReverseRateLimiter.create(new RedisCreditStore(executor, "soak:"));
            try (Callers callers = new Callers(limiter, new Witness(diary));
                    BufferedReader commands =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
                say("begins");
                while (commands.readLine() != null) {
                    callers.rest();
                    measure();
                    callers.goOn();
                }
            }
            long closing = System.nanoTime();
            limiter.close();
            factory.destroy();
            say("closed after " + (System.nanoTime() - closing) / 1_000_000 + " ms, left " + ours());
        }
    }

    /**
     * As the application does before anybody calls it: to load what connects to Redis takes a JVM 0.4 s of a processor's time,
     * which says nothing about Redis.
     */
    private static void useRedis(LettuceConnectionFactory factory) {
        factory.getConnection().commands().ping();
        factory.resetConnection();
    }

    private static void measure() {
        System.gc();
        Callers.pause(Duration.ofMillis(100));
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        List<String> names = names();
        long threads = names.stream()
                .filter(name -> !name.startsWith("lettuce") && !name.matches("reverse-rate-limiter-(redis-)?\\d+"))
                .count();
        say("measured " + threads + " " + heap / 1024 + " " + names);
    }

    private static List<String> names() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    /** Threads of the limiter. */
    private static List<String> ours() {
        long end = System.nanoTime() + 1_000_000_000L;
        List<String> left = names();
        while (left.stream().anyMatch(InstanceProcess::isOurs) && System.nanoTime() < end) {
            Callers.pause(Duration.ofMillis(10));
            left = names();
        }
        return left.stream().filter(InstanceProcess::isOurs).toList();
    }

    private static boolean isOurs(String name) {
        return name.startsWith("reverse-rate-limiter") || name.startsWith("lettuce");
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
