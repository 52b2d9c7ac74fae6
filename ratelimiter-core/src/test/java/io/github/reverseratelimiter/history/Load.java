package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** A process of the load: one limiter on a connection of its own, and its callers, who write down what they are told. */
final class Load implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int CALIBRATIONS = 200;

    private final Recorder recorder;
    private final ReverseRateLimiter limiter;
    private final Consumer<Grant> told;
    private final String name;
    private final long offsetMicros;
    private final ConcurrentHashMap<String, Queue<Grant>> grants = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    Load(String uri, Mutant mutant, String name, long skewMicros) {
        this(uri, mutant, name, skewMicros, grant -> {});
    }

    /** One that tells of each grant at once, before its caller goes on. */
    Load(String uri, Mutant mutant, String name, long skewMicros, Consumer<Grant> told) {
        this.told = told;
        this.recorder = new Recorder(uri, mutant, skewMicros);
        this.limiter = ReverseRateLimiter.builder(new RedisCreditStore(recorder, "history:"))
                .storeTimeout(LONG)
                .build();
        this.name = name;
        this.offsetMicros = offset();
    }

    /** What to add to this JVM's monotonic clock to have the server's. The quickest trip bounds it best. */
    private long offset() {
        long best = Long.MAX_VALUE;
        long offset = 0;
        for (int i = 0; i < CALIBRATIONS; i++) {
            long sent = System.nanoTime();
            List<byte[]> time = recorder.connection().sync().time();
            long received = System.nanoTime();
            if (received - sent < best) {
                best = received - sent;
                long micros = Long.parseLong(text(time.get(0))) * 1_000_000 + Long.parseLong(text(time.get(1)));
                offset = micros - (sent + best / 2) / 1_000;
            }
        }
        return offset;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** The server's clock, in microseconds, as far as this JVM knows it. */
    long now() {
        return System.nanoTime() / 1_000 + offsetMicros;
    }

    /** Waits until so many processes have come here. */
    void meet(String where, int processes) {
        byte[] barrier = ("history-barrier:" + where).getBytes(StandardCharsets.US_ASCII);
        recorder.connection().sync().incr(barrier);
        recorder.connection().sync().expire(barrier, 600);
        while (Integer.parseInt(text(recorder.connection().sync().get(barrier))) < processes) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** One request of a key of these limits, without a margin. */
    static CreditRequest request(String key, RateLimit... limits) {
        return CreditRequest.of(key, limits).margin(Duration.ZERO);
    }

    Recorder recorder() {
        return recorder;
    }

    /** Decisions that callers asked for. */
    int asked() {
        return asked.get();
    }

    List<Grant> grants(String key) {
        return List.copyOf(grants.getOrDefault(key, new ConcurrentLinkedQueue<>()));
    }

    /** Asks once. */
    Acquisition ask(CreditRequest request, int caller) {
        long invoked = now();
        asked.incrementAndGet();
        Acquisition answer = limiter.acquire(request);
        note(request, answer, invoked, caller);
        return answer;
    }

    /** Asks once, and parks no thread. */
    CompletableFuture<Acquisition> askAsync(CreditRequest request, int caller) {
        long invoked = now();
        asked.incrementAndGet();
        return limiter.acquireAsync(request).whenComplete((answer, failure) -> {
            if (answer != null) {
                note(request, answer, invoked, caller);
            }
        });
    }

    private void note(CreditRequest request, Acquisition answer, long invoked, int caller) {
        long returned = now();
        if (answer instanceof Acquisition.Granted granted && granted.basis() instanceof Acquisition.Basis.Store store) {
            Grant grant = new Grant(store.credit().at(), request.credits(), invoked, returned, name + "-" + caller);
            grants.computeIfAbsent(request.key().value(), any -> new ConcurrentLinkedQueue<>())
                    .add(grant);
            told.accept(grant);
        }
    }

    /** Waits in line, again and again. */
    void stand(CreditRequest request, IntSupplier credits, int caller, BooleanSupplier enough) {
        while (!enough.getAsBoolean()) {
            Acquisition answer = ask(request.maxWait(LONG).credits(credits.getAsInt()), caller);
            if (!(answer instanceof Acquisition.Granted)) {
                throw new IllegalStateException("a caller who would wait 30 s was told " + answer);
            }
        }
    }

    /** Keeps so many waits in flight, and parks no thread in any of them, until so many have been granted. */
    void flood(CreditRequest request, int inFlight, int total, int caller) {
        Semaphore free = new Semaphore(inFlight);
        for (int i = 0; i < total; i++) {
            free.acquireUninterruptibly();
            askAsync(request.maxWait(LONG), caller).whenComplete((answer, failure) -> free.release());
        }
        free.acquireUninterruptibly(inFlight);
    }

    /** Asks without waiting, and again when the answer says so, but soon enough to catch one who says it wrongly. */
    void poll(CreditRequest request, int caller, BooleanSupplier enough) {
        CreditRequest once = request.waiting(Waiting.none());
        while (!enough.getAsBoolean()) {
            if (ask(once, caller) instanceof Acquisition.Denied denied) {
                LockSupport.parkNanos(
                        Math.min(1_000_000, Math.max(50_000, denied.retryAfter().toNanos())));
            }
        }
    }

    @Override
    public void close() {
        limiter.close();
    }
}
