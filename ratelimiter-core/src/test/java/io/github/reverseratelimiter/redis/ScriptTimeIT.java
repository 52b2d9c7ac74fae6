package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FAULTS row 22: for how long the script holds up the server at worst, with the longest rings that there are. */
class ScriptTimeIT {

    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Duration FOREVER = Duration.ofDays(1);
    private static final CreditKey KEY = new CreditKey("github", "acme");
    private static final byte[] NAME = new RedisKeys("time:").name(KEY);
    private static final Pattern MICROS = Pattern.compile("cmdstat_evalsha:calls=1,usec=(\\d+)");

    /** A limit whose ring is as long as a ring may be, with a slot for each credit. */
    private static final int LONGEST = 4_089;

    private static final int MILLION = 1_000_000;

    private static RedisServer server;
    private static LettuceScriptExecutor executor;
    private final ManualTime time = new ManualTime();
    private final RedisCreditStore store = new RedisCreditStore(executor, "time:", time, time::micros);
    private long requests;
    private long latest;

    @BeforeAll
    static void connect() {
        server = RedisServer.start();
        executor = server.executor();
        executor.commands().scriptLoad(RedisCreditStore.script().bodyBytes());
    }

    @AfterAll
    static void disconnect() {
        executor.close();
        server.close();
    }

    private static RateLimit limit(int limit) {
        return RateLimit.of(limit, WINDOW);
    }

    private Decision take(int credits, RateLimit... limits) {
        Request request = new Request(credits, FOREVER.toNanos() / 1_000, ++requests);
        Decision decision = join(store.take(new Call(KEY, List.of(limits), Duration.ZERO, List.of(request), FOREVER)))
                .decisions()
                .get(0);
        latest = decision.at();
        return decision;
    }

    /** One trip of so many takes, each of which gets a place in line. */
    private void together(int takes, RateLimit limit) {
        List<Request> all = IntStream.range(0, takes)
                .mapToObj(i -> new Request(1, FOREVER.toNanos() / 1_000, ++requests))
                .toList();
        assertThat(join(store.take(new Call(KEY, List.of(limit), Duration.ZERO, all, FOREVER)))
                        .decisions())
                .hasSize(takes)
                .allMatch(Decision.Taken.class::isInstance);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Takes so many times so many credits, at different times. */
    private void fill(int times, int credits, RateLimit... limits) {
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Request request = new Request(credits, FOREVER.toNanos() / 1_000, ++requests);
            all.add(store.take(new Call(KEY, List.of(limits), Duration.ZERO, List.of(request), FOREVER))
                    .thenAccept(reply -> latest = reply.decisions().get(0).at()));
            time.advance(Duration.ofNanos(100_000));
        }
        all.forEach(ScriptTimeIT::join);
    }

    private static RateLimit[] windows(int windows, int limit) {
        RateLimit[] limits = new RateLimit[windows];
        for (int i = 0; i < windows; i++) {
            limits[i] = RateLimit.of(limit, WINDOW.plusSeconds(i));
        }
        return limits;
    }

    /** What is asked of which state. */
    enum Worst {
        TAKES_THAT_TRAVEL_TOGETHER(1) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                return () -> test.together(Line.MOST_TOGETHER, limit(LONGEST));
            }
        },
        TAKE_ALL_AT_ONCE(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                return () -> test.take(LONGEST, limit(LONGEST));
            }
        },
        LAY_A_LARGER_RING(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(2_048, 1, limit(LONGEST));
                return () -> test.take(1, limit(LONGEST));
            }
        },
        RAISE_THE_LIMIT_SO_THAT_CREDITS_SHARE_SLOTS(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                return () -> test.take(1, limit(MILLION));
            }
        },
        RAISE_THE_LIMIT_WHERE_CREDITS_SHARE_SLOTS(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(4_100, 245, limit(MILLION));
                return () -> test.take(1, limit(4 * MILLION));
            }
        },
        ADD_A_WINDOW(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                return () -> test.take(1, limit(LONGEST), RateLimit.of(LONGEST - 1, Duration.ofHours(2)));
            }
        },
        REFUND_THE_FIRST_OF_A_LINE(1) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                test.take(1, limit(LONGEST));
                long first = test.latest;
                test.fill(LONGEST - 1, 1, limit(LONGEST));
                return () -> join(test.store.refund(KEY, 1, first));
            }
        },
        REFUND_ALL_THAT_WAS_TAKEN_AT_ONCE(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                test.take(LONGEST, limit(LONGEST));
                long at = test.latest;
                return () -> join(test.store.refund(KEY, LONGEST, at));
            }
        },
        REFUND_A_MILLION(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(4_100, 245, limit(MILLION));
                test.take(MILLION, limit(MILLION));
                long at = test.latest;
                return () -> join(test.store.refund(KEY, MILLION, at));
            }
        },
        TAKE_AFTER_A_REFUND(1) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(2 * LONGEST, 1, limit(LONGEST));
                join(test.store.refund(KEY, 1, test.latest));
                return () -> test.take(1, limit(LONGEST));
            }
        },
        PAUSE_A_LINE(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(2 * LONGEST, 1, limit(LONGEST));
                return () -> join(test.store.pause(KEY, Duration.ofMinutes(1)));
            }
        },
        PAUSE_A_LINE_OF_MILLIONS(5) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(8_200, 245, limit(MILLION));
                return () -> join(test.store.pause(KEY, Duration.ofMinutes(1)));
            }
        },
        PAUSE_A_LINE_OF_FOUR_WINDOWS(20) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(2 * LONGEST, 1, windows(4, LONGEST));
                return () -> join(test.store.pause(KEY, Duration.ofMinutes(1)));
            }
        },
        PAUSE_A_LINE_OF_ALL_WINDOWS(80) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(2 * LONGEST, 1, windows(16, LONGEST));
                return () -> join(test.store.pause(KEY, Duration.ofMinutes(1)));
            }
        },
        LAY_ALL_WINDOWS(80) {
            @Override
            Runnable of(ScriptTimeIT test) {
                test.fill(LONGEST, 1, limit(LONGEST));
                return () -> test.take(1, windows(16, LONGEST));
            }
        };

        private final Duration most;

        Worst(int millis) {
            this.most = Duration.ofMillis(millis);
        }

        /** Brings about the state, and returns what is asked. */
        abstract Runnable of(ScriptTimeIT test);
    }

    /**
     * What is found in every application takes less than 1 ms; else it is a long ring of which nearly all slots are written
     * anew, once in a while: 5 ms for each of its windows. The least of some rounds, since the machine has other work.
     */
    @ParameterizedTest
    @EnumSource
    void holdsUpTheServerForAFewMilliseconds(Worst worst) {
        Runnable call = worst.of(this);
        byte[] state = executor.commands().get(NAME);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            executor.commands().del(NAME);
            if (state != null) {
                executor.commands().set(NAME, state);
            }
            executor.commands().configResetstat();
            call.run();
            least = Math.min(least, micros());
        }
        executor.commands().del(NAME);
        assertThat(Duration.ofNanos(least * 1_000)).isLessThan(worst.most);
    }

    private static long micros() {
        Matcher usec = MICROS.matcher(executor.commands().info("commandstats"));
        assertThat(usec.find()).isTrue();
        return Long.parseLong(usec.group(1));
    }
}
