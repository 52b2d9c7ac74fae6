package io.github.reverseratelimiter.boot4;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Lets virtual threads wait in an annotated method, and writes down what became of them. */
final class WaitingThreads {

    static final Duration WINDOW = Duration.ofSeconds(6);

    /** The threshold of {@code jdk.VirtualThreadPinned} in the JDK's own profiles. */
    private static final Duration WORTH_TELLING = Duration.ofMillis(20);

    private static final String KEY = "waiting";
    private static final String US = "io.github.reverseratelimiter";
    private static final String LOADER = "java.lang.ClassLoader";

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger begunBeforeAnyEnded = new AtomicInteger();
    private final Client client;
    private final Method call;
    private final boolean reflective;

    private WaitingThreads(Client client, boolean reflective) throws NoSuchMethodException {
        this.client = client;
        this.reflective = reflective;
        this.call = Client.class.getDeclaredMethod("call", String.class);
        call.setAccessible(true);
    }

    /** Wants the URI of a Redis, the number of threads, "direct" or "reflective", and a file for what was seen. */
    public static void main(String... args) throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties("spring.data.redis.url=" + args[0], "reverse-rate-limiter.key-prefix=" + args[3] + ":")
                .properties("reverse-rate-limiter.store-timeout=5s", "spring.main.banner-mode=off")
                .run()) {
            new WaitingThreads(context.getBean(Client.class), args[2].equals("reflective"))
                    .run(Integer.parseInt(args[1]), Path.of(args[3]));
        }
    }

    private void run(int threads, Path file) throws Exception {
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        all(virtual, IntStream.range(0, 50).<Callable<Void>>mapToObj(i -> () -> call("warm-up " + i)));
        begun.set(0);
        begunBeforeAnyEnded.set(0);
        client.spend(KEY);
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
            recording.start();
            long start = System.nanoTime();
            all(virtual, IntStream.range(0, threads).<Callable<Void>>mapToObj(i -> () -> call(KEY)));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            recording.stop();
            write(file, took, pinned(recording));
        }
    }

    private Void call(String key) throws Exception {
        begun.incrementAndGet();
        if (reflective) {
            call.invoke(client, key);
        } else {
            client.call(key);
        }
        begunBeforeAnyEnded.compareAndSet(0, begun.get());
        return null;
    }

    private static void all(ExecutorService executor, Stream<Callable<Void>> tasks) throws Exception {
        for (Future<Void> future : executor.invokeAll(tasks.toList())) {
            future.get();
        }
    }

    private static boolean passes(RecordedEvent event, String type) {
        return event.getStackTrace().getFrames().stream()
                .anyMatch(frame -> frame.getMethod().getType().getName().startsWith(type));
    }

    /**
     * Those below a method of ours that held a carrier for as long as the Flight Recorder finds worth telling; a wait takes
     * {@link #WINDOW}. The JVM itself pins for microseconds now and then, where a class is loaded or a thread is scheduled.
     */
    private static List<RecordedEvent> pinned(Recording recording) throws IOException {
        Path dump = Files.createTempFile("waiting", ".jfr");
        try {
            recording.dump(dump);
            return RecordingFile.readAllEvents(dump).stream()
                    .filter(event -> event.getDuration().compareTo(WORTH_TELLING) >= 0)
                    .filter(event -> event.getStackTrace() == null || (passes(event, US) && !passes(event, LOADER)))
                    .toList();
        } finally {
            Files.delete(dump);
        }
    }

    private void write(Path file, Duration took, List<RecordedEvent> pinned) throws IOException {
        Properties seen = new Properties();
        seen.setProperty("begunBeforeAnyEnded", String.valueOf(begunBeforeAnyEnded.get()));
        seen.setProperty("tookMillis", String.valueOf(took.toMillis()));
        seen.setProperty("pinned", String.valueOf(pinned.size()));
        seen.setProperty("firstPinned", pinned.isEmpty() ? "" : pinned.get(0).toString());
        try (OutputStream out = Files.newOutputStream(file)) {
            seen.store(out, null);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Client.class)
    static class Application {}

    static class Client {

        @ReverseRateLimited(key = "#key", limit = 1000, window = "5s", margin = "1s", maxWait = "1m")
        void call(String key) {}

        @ReverseRateLimited(key = "#key", limit = 1000, window = "5s", margin = "1s", credits = 1000)
        void spend(String key) {}
    }
}
