package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application that counts in memory, on a clock that stands still until the test lets time pass. */
public final class Application {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    final RecordingStore store = new RecordingStore(time);
    private Executor executor = Runnable::run;

    /** Where calls go on that had to wait; in the test's own thread unless another is given. */
    public Application executor(Executor other) {
        executor = other;
        return this;
    }

    /** Runs with one more bean, which is given to the test. */
    public <T> void run(Class<T> bean, Consumer<T> test) {
        context(bean).run(context -> test.accept(context.getBean(bean)));
    }

    /** With one more bean. */
    public ApplicationContextRunner context(Class<?> bean) {
        return context().withBean(bean);
    }

    public ApplicationContextRunner context() {
        return Contexts.memory()
                .withBean(
                        ReverseRateLimiter.class,
                        () -> ReverseRateLimiter.builder(store)
                                .time(time, sleeper)
                                .executor(executor)
                                .build());
    }

    /** Lets time pass. */
    public void pass(Duration duration) {
        sleeper.pass(duration);
    }

    /** How often a thread was made to sleep. */
    public int naps() {
        return sleeper.naps().size();
    }
}
