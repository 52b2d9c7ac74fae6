package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import io.github.reverseratelimiter.time.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final Deadlines deadlines = new Deadlines(Duration.ofMillis(50), time, sleeper, Runnable::run);
    private final List<String> run = new ArrayList<>();

    @Test
    void eachRunsAtItsOwnTime() {
        deadlines.add(() -> run.add("first"));
        sleeper.pass(Duration.ofMillis(20));
        deadlines.add(() -> run.add("second"));

        sleeper.pass(Duration.ofMillis(29));
        assertThat(run).isEmpty();
        sleeper.pass(Duration.ofMillis(1));
        assertThat(run).containsExactly("first");
        sleeper.pass(Duration.ofMillis(19));
        assertThat(run).containsExactly("first");
        sleeper.pass(Duration.ofMillis(1));
        assertThat(run).containsExactly("first", "second");
    }

    @Test
    void whatIsCancelledDoesNotRunAndOneTimerServesAll() {
        for (int i = 0; i < 1_000; i++) {
            deadlines.add(() -> run.add("cancelled")).run();
        }
        deadlines.add(() -> run.add("last"));
        assertThat(sleeper.scheduled()).isEqualTo(1);

        sleeper.pass(Duration.ofMillis(50));

        assertThat(run).containsExactly("last");
        assertThat(sleeper.scheduled()).isZero();
    }

    /** Whoever is answered quickly must not be kept for as long as the store may take: at 300,000 calls a second that is all memory there is. */
    @Test
    void whatIsCancelledIsNotKept() {
        Runnable first = deadlines.add(() -> run.add("first"));
        List<Runnable> others = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            others.add(deadlines.add(() -> run.add("other")));
        }

        others.forEach(Runnable::run);
        assertThat(deadlines.size()).as("the oldest one is still waited for").isEqualTo(1_001);
        first.run();
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void itGoesOnAfterAllWereDone() {
        deadlines.add(() -> run.add("first"));
        sleeper.pass(Duration.ofMillis(500));
        deadlines.add(() -> run.add("second"));

        sleeper.pass(Duration.ofMillis(50));

        assertThat(run).containsExactly("first", "second");
    }

    @Test
    void itGoesOnAfterATimerThatCouldNotBeStarted() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Sleeper starved = new Sleeper() {
            @Override
            public void sleep(long nanos) {}

            @Override
            public Runnable schedule(Runnable task, long nanos, Executor executor) {
                if (broken.getAndSet(false)) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return sleeper.schedule(task, nanos, executor);
            }

            @Override
            public void close() {}
        };
        Deadlines some = new Deadlines(Duration.ofMillis(50), time, starved, Runnable::run);
        assertThatThrownBy(() -> some.add(() -> run.add("first"))).isInstanceOf(OutOfMemoryError.class);

        some.add(() -> run.add("second"));
        sleeper.pass(Duration.ofMillis(50));

        assertThat(run).contains("second");
    }

    @Test
    void itGoesOnAfterATaskThatFailedHere() {
        deadlines.add(() -> {
            throw new NoClassDefFoundError("something");
        });
        deadlines.add(() -> run.add("second"));
        sleeper.pass(Duration.ofMillis(50));
        deadlines.add(() -> run.add("third"));
        sleeper.pass(Duration.ofMillis(50));

        assertThat(run).containsExactly("second", "third");
    }

    @Test
    void whoeverComesAfterTheEndIsTold() {
        Sleeper closed = Sleeper.system();
        closed.close();
        Deadlines over = new Deadlines(Duration.ofMillis(50), time, closed, Runnable::run);

        assertThatIllegalStateException().isThrownBy(() -> over.add(() -> {}));
        assertThatIllegalStateException().isThrownBy(() -> over.add(() -> {}));
    }
}
