package io.github.reverseratelimiter.spring;

import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.assertj.core.util.Throwables;
import org.springframework.context.ApplicationContext;

/**
 * A key that is used wherever something may go wrong; notes what callers are told. It takes two limiters, {@code github}
 * that hardly waits and {@code stripe} that does.
 */
public final class Canary {

    /** What must be found nowhere. */
    public static final String TEXT = "tweety";

    /** The key. */
    public static final String KEY = "tweety@example.org";

    /** A key with a plan of its own, in the configuration. */
    public static final String PLANNED = "tweety.with.a.plan";

    /** Ends what {@link #whileRedisDecides} sends. */
    public static final String END = "end-of-test";

    private static final RateLimit LIMIT = RateLimit.of(5, Duration.ofHours(1));

    private final ReverseRateLimiter limiter;
    private final Client client;
    private final FragileRedis redis;
    private final Proxy proxy;
    private final CreditRequest request = CreditRequest.of(KEY, LIMIT);
    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    /** In this application, which reaches the Redis through the proxy. */
    public Canary(ApplicationContext context, FragileRedis redis, Proxy proxy) {
        this.limiter = context.getBean(ReverseRateLimiter.class);
        this.client = context.getBean(Client.class);
        this.redis = redis;
        this.proxy = proxy;
    }

    /** What its limiters need to be set. */
    public static String[] properties() {
        String github = "reverse-rate-limiter.limiters.github.";
        String stripe = "reverse-rate-limiter.limiters.stripe.";
        return new String[] {
            github + "limit=2",
            github + "window=1h",
            github + "max-wait=10ms",
            github + "keys.[" + PLANNED + "].limit=1",
            github + "keys.[" + PLANNED + "].window=1h",
            stripe + "limit=2",
            stripe + "window=300ms",
            stripe + "max-wait=10s",
            stripe + "margin=250ms"
        };
    }

    /** What callers were told up to now, or what was thrown at them with all causes. */
    public List<String> said() {
        return List.copyOf(said);
    }

    /** Until Redis decides; of another key each time, since a share that was used once is held to for a window. */
    public void awaitRedis() {
        AtomicInteger number = new AtomicInteger();
        await().until(() ->
                limiter.tryAcquire("other" + number.incrementAndGet(), LIMIT) instanceof Acquisition.Granted granted
                        && granted.basis() instanceof Acquisition.Basis.Store);
    }

    /** Grants, denials, waits, bad input; everything that is sent to Redis at all. */
    public void whileRedisDecides() {
        for (int i = 0; i < 4; i++) {
            hear(() -> client.denied(KEY));
            hear(() -> client.denied(PLANNED));
            hear(() -> client.fallback(KEY));
            hear(() -> client.failingFallback(KEY));
            hear(() -> client.waits(KEY));
        }
        hear(() -> client.denied(KEY + "\uD83E\r\n"));
        hear(() -> client.denied(KEY.repeat(100)));
        hear(() -> client.denied(null));
        hear(() -> client.denied(" "));
        hear(() -> client.array(new String[] {KEY}));
        hear(() -> client.costly(KEY, 3));
        hear(() -> limiter.acquire(request.credits(6)));
        hear(() -> limiter.acquire(request.limiter("two\n")));
        hear(() -> limiter.acquireAll(List.of(request, CreditRequest.of(KEY + 2, LIMIT))));
        hear(() -> limiter.acquireAll(List.of(request, request.margin(Duration.ofSeconds(1)))));
        hear(() -> limiter.named("github").acquire(KEY));
        hear(this::plan);
        hear(() ->
                limiter.refund((Acquisition.Granted) limiter.acquire(request)).join());
        hear(() -> limiter.pause(request.key(), Duration.ofSeconds(1)).join());
        hear(() -> limiter.acquire(request));
        hear(() -> limiter.pause(request.key(), Duration.ofSeconds(-1)).join());
        hear(() -> {
            CompletableFuture<Acquisition> call = limiter.acquireAsync(request.maxWait(Duration.ofHours(2)));
            call.cancel(true);
            return call.join();
        });
        hear(() -> {
            Thread.currentThread().interrupt();
            return limiter.acquire(request);
        });
        said.add(String.valueOf(Thread.interrupted()));
        said.add(request + " " + request.key());
        redis.answer("ECHO " + END, Pattern.compile(END));
    }

    /** A plan that is set while the application runs. */
    private Object plan() {
        NamedLimiter github = limiter.named("github");
        github.configure(github.settings().key(KEY, RateLimit.of(3, Duration.ofHours(1))));
        return github.settings() + " " + github.plan(KEY) + " " + github.acquire(KEY);
    }

    /** Another's data under the keys, and missing rights. */
    public void whileItRefuses() {
        redis.send("EVAL \"for _,k in ipairs(redis.call('KEYS','*')) do redis.call('DEL',k)"
                + " redis.call('LPUSH',k,'x') end\" 0");
        all();
        redis.send("EVAL \"for _,k in ipairs(redis.call('KEYS','*')) do redis.call('SET',k,'foreign') end\" 0");
        all();
        redis.send("ACL SETUSER default resetkeys ~nothing:*");
        all();
        redis.send("ACL SETUSER default ~* -evalsha -eval");
        all();
        redis.send("ACL SETUSER default +@all -getrange");
        all();
        redis.send("ACL SETUSER default +@all");
        redis.send("FLUSHALL");
    }

    /** Busy, frozen; it stays away, since its connections are refused at last. */
    public void whileItIsAway() {
        redis.send("EVAL \"while true do end\" 0");
        all();
        redis.awaitAnswer("SCRIPT KILL", "OK|NOTBUSY");
        awaitRedis();
        redis.freeze();
        all();
        redis.thaw();
        proxy.refuse();
        proxy.cut(Proxy.Cut.RST);
        all();
    }

    /** Every kind of call. */
    public void all() {
        hear(() -> client.denied(KEY));
        hear(() -> client.denied(PLANNED));
        hear(() -> client.fallback(KEY));
        hear(() -> client.failingFallback(KEY));
        hear(() -> limiter.acquire(request));
        hear(() -> limiter.acquireAsync(request).join());
        hear(() -> limiter.acquireAll(List.of(request, CreditRequest.of(KEY + 2, LIMIT))));
        hear(() -> limiter.pause(new CreditKey("", KEY), Duration.ofSeconds(1)).join());
    }

    /** What is asked of the application. */
    public interface Asked {

        /** Its answer. */
        Object ask() throws Exception;
    }

    /** Notes what is answered. */
    public void hear(Asked asked) {
        try {
            said.add(String.valueOf(asked.ask()));
        } catch (Exception e) {
            said.add(Throwables.getStackTrace(e));
        }
    }

    /** A listener that fails, at the key for the first time: later failures are logged at debug only. */
    public static final class Failing implements RateLimiterListener {

        @Override
        public void granted(CreditRequest request, Acquisition.Granted granted) {
            if (request.key().value().contains(TEXT)) {
                throw new IllegalStateException(String.valueOf(request));
            }
        }
    }

    /** A resolver whose database is gone. */
    public static final class Resolver implements LimitResolver {

        @Override
        public Optional<List<RateLimit>> limits(CreditKey key) {
            throw new IllegalStateException("no database");
        }
    }

    /** Calls out. */
    public static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public String denied(String account) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#account", fallbackMethod = "instead")
        public String fallback(String account) {
            return "called";
        }

        String instead(String account) {
            return "instead";
        }

        @ReverseRateLimited(name = "github", key = "#account", fallbackMethod = "fails")
        public String failingFallback(String account) {
            return "called";
        }

        String fails(String account) {
            throw new IllegalStateException("no answer instead");
        }

        @ReverseRateLimited(name = "stripe", key = "#account")
        public String waits(String account) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#accounts")
        public String array(String[] accounts) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#account", cost = "#cost")
        public String costly(String account, int cost) {
            return "called";
        }
    }
}
