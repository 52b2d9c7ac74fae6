package io.github.reverseratelimiter.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemSleeperTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final Sleeper sleeper = Sleeper.system();
    private final TimeSource time = TimeSource.system();

    @AfterEach
    void close() {
        sleeper.close();
        Thread.interrupted();
    }

    @Test
    void sleepsForAtLeastAsLongAsItIsTold() throws InterruptedException {
        long begin = time.nanoTime();

        sleeper.sleep(20_000_000);

        assertThat(time.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void doesNotSleepForNothing() throws InterruptedException {
        long begin = time.nanoTime();

        sleeper.sleep(0);
        sleeper.sleep(-1);
        sleeper.sleep(Long.MIN_VALUE);

        assertThat(time.nanoTime() - begin).isLessThan(HOUR);
    }

    @Test
    void aThreadThatWasInterruptedBeforeDoesNotSleep() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> sleeper.sleep(HOUR));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aThreadThatIsInterruptedMeanwhileWakes() {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread thread = sleeping(Long.MAX_VALUE, end);

        thread.interrupt();

        assertThat(end).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void closingWakesWhoeverSleeps() {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        sleeping(HOUR, end);

        sleeper.close();

        assertThat(end).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(IllegalStateException.class);
        assertThatIllegalStateException().isThrownBy(() -> sleeper.sleep(HOUR));
    }

    private Thread sleeping(long nanos, CompletableFuture<Throwable> end) {
        Thread thread = new Thread(() -> {
            try {
                sleeper.sleep(nanos);
                end.complete(new AssertionError("slept to the end"));
            } catch (InterruptedException | RuntimeException e) {
                end.complete(e);
            }
        });
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    @Test
    void runsATaskInTheExecutorAfterItsTime() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        AtomicInteger handed = new AtomicInteger();
        long begin = time.nanoTime();

        sleeper.schedule(ran::countDown, 20_000_000, task -> {
            handed.incrementAndGet();
            task.run();
        });

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(time.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
        assertThat(handed).hasValue(1);
    }

    @Test
    void aCancelledTaskDoesNotRun() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch later = new CountDownLatch(1);
        sleeper.schedule(
                () -> {
                    busy.countDown();
                    holdUntil(free);
                },
                0,
                Runnable::run);
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();

        sleeper.schedule(runs::incrementAndGet, 0, Runnable::run).run();
        free.countDown();
        sleeper.schedule(later::countDown, 0, Runnable::run);

        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }

    @Test
    void theLongestAndTheShortestTimesAreAccepted() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(2);
        Runnable cancel = sleeper.schedule(() -> {}, Long.MAX_VALUE, Runnable::run);

        sleeper.schedule(ran::countDown, 0, Runnable::run);
        sleeper.schedule(ran::countDown, -HOUR, Runnable::run);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        cancel.run();
    }

    @Test
    void aClosedOneSchedulesNothing() {
        sleeper.schedule(() -> {}, HOUR, Runnable::run);
        sleeper.close();
        Sleeper neverUsed = Sleeper.system();
        neverUsed.close();

        assertThatIllegalStateException().isThrownBy(() -> sleeper.schedule(() -> {}, 1, Runnable::run));
        assertThatIllegalStateException().isThrownBy(() -> neverUsed.schedule(() -> {}, 1, Runnable::run));
    }

    private static void holdUntil(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
