package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the judge of histories allows where the store forgot what it had granted. */
class LossTest {

    private static final List<RateLimit> LIMIT = List.of(RateLimit.of(2, Duration.ofMillis(100)));

    private static List<Grant> grantsAt(long... millis) {
        return LongStream.of(millis)
                .map(each -> each * 1_000)
                .mapToObj(at -> new Grant(at, 1, at, at, "caller"))
                .toList();
    }

    private static Loss loss(long from, long to) {
        return new Loss(from * 1_000, to * 1_000);
    }

    @Test
    void allowsOneFurtherLimit() {
        History history = History.withLosses(grantsAt(10, 20, 40, 50), List.of(loss(30, 35)));

        assertThat(history.violations(LIMIT)).isEmpty();
    }

    @Test
    void allowsNoMoreThanThat() {
        History history = History.withLosses(grantsAt(10, 20, 40, 50, 60), List.of(loss(30, 35)));

        assertThat(history.violations(LIMIT)).isNotEmpty();
    }

    @Test
    void allowsAFurtherLimitForEach() {
        History history = History.withLosses(grantsAt(10, 20, 40, 50, 70, 80), List.of(loss(30, 35), loss(60, 65)));

        assertThat(history.violations(LIMIT)).isEmpty();
    }

    @Test
    void allowsNothingElsewhere() {
        History history = History.withLosses(grantsAt(10, 20, 30, 500), List.of(loss(490, 495)));

        assertThat(history.violations(LIMIT)).isNotEmpty();
    }
}
