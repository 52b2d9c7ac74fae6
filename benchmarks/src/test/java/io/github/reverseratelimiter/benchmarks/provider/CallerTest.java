package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final Scenario ONE_A_MINUTE =
            new Scenario(Kind.SLIDING_WINDOW, RateLimit.of(1, Duration.ofMinutes(1)), Delay.uniform(50, 51));

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Integer> statuses = new ArrayList<>();
    private final List<Duration> times = new ArrayList<>();

    @Test
    void tellsTheLimiterHowEachCallEndedAndWhatItTook() throws Exception {
        Caller.Seen seen = run(new Limiting() {
            @Override
            public Ended acquire(String account) {
                stopped.set(!times.isEmpty());
                return (status, took) -> {
                    statuses.add(status);
                    times.add(took);
                };
            }

            @Override
            public void close() {}
        });
        assertThat(seen.failures()).isEmpty();
        assertThat(seen.waits()).hasSize(2);
        assertThat(statuses).containsExactly(200, 429);
        assertThat(times).allSatisfy(took -> assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(50)));
    }

    @Test
    void goesOnAfterAFailureAndReportsIt() throws Exception {
        Caller.Seen seen = run(new Limiting() {
            private int asked;

            @Override
            public Ended acquire(String account) {
                if (++asked == 1) {
                    throw new IllegalStateException("denied");
                }
                stopped.set(true);
                return Ended.UNHEARD;
            }

            @Override
            public void close() {}
        });
        assertThat(seen.failures()).containsExactly("java.lang.IllegalStateException: denied");
        assertThat(seen.waits()).hasSize(1);
    }

    private Caller.Seen run(Limiting limiting) throws Exception {
        try (Provider provider = Provider.start(ONE_A_MINUTE, 1)) {
            return new Caller(
                            provider,
                            limiting,
                            HttpClient.newBuilder()
                                    .version(HttpClient.Version.HTTP_1_1)
                                    .build())
                    .run("acme", stopped);
        }
    }
}
