package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandoverTest {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Integer> completed = new ArrayList<>();
    private final Handover handover = new Handover(tasks::add);

    private void complete(int number) {
        handover.complete(() -> completed.add(number));
    }

    @Test
    void whoIsToldAloneIsHandedOverAtOnce() {
        complete(1);

        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(completed).containsExactly(1);
    }

    @Test
    void whoAreToldTogetherAreOneTaskInTheirOrder() {
        handover.tell(() -> {
            for (int i = 0; i < 64; i++) {
                complete(i);
            }
            assertThat(tasks).isEmpty();
        });

        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(completed).hasSize(64).isSorted();
        assertThat(tasks).as("in case one of them had blocked").hasSize(1);
        tasks.remove().run();
        assertThat(completed).hasSize(64);
        assertThat(tasks).isEmpty();
    }

    @Test
    void oneWhoIsToldInsideOfAnotherTellingLeavesWithIt() {
        handover.tell(() -> {
            complete(1);
            handover.tell(() -> complete(2));
            assertThat(tasks).isEmpty();
        });

        tasks.remove().run();
        assertThat(completed).containsExactly(1, 2);
        complete(3);
        assertThat(tasks).hasSize(2);
    }

    /** As where an executor that was shut down refuses, and an answer makes the next call. */
    @Test
    void whoIsToldByWhatRunsInTheCallingThreadIsHandedOverToo() {
        List<Runnable> next = new ArrayList<>();
        Handover here = new Handover(Runnable::run);
        next.add(() -> here.tell(() -> here.complete(() -> completed.add(2))));
        next.add(() -> here.complete(() -> completed.add(3)));

        here.tell(() -> here.complete(() -> {
            completed.add(1);
            next.forEach(Runnable::run);
        }));

        assertThat(completed).containsExactly(1, 2, 3);
    }

    @Test
    void anExecutorThatRefusesLeavesNobodyUntoldNextTime() {
        List<Runnable> refused = new ArrayList<>();
        Handover handover = new Handover(task -> {
            if (refused.isEmpty()) {
                refused.add(task);
                throw new AssertionError("as a broken executor may");
            }
            task.run();
        });

        assertThatThrownBy(() -> handover.tell(() -> handover.complete(() -> completed.add(1))))
                .isInstanceOf(AssertionError.class);
        handover.tell(() -> handover.complete(() -> completed.add(2)));

        assertThat(completed).containsExactly(2);
    }

    @Test
    void whatOneThrowsDoesNotKeepTheOthersFromBeingTold() {
        handover.tell(() -> {
            complete(1);
            handover.complete(() -> {
                throw new IllegalStateException("as a log may that is full");
            });
            complete(3);
        });

        tasks.remove().run();

        assertThat(completed).containsExactly(1, 3);
    }

    @Test
    void anExecutorThatRunsThemInTheCallingThreadKeepsTheirOrder() {
        Handover here = new Handover(Runnable::run);

        here.tell(() -> {
            for (int i = 0; i < 64; i++) {
                int number = i;
                here.complete(() -> completed.add(number));
            }
        });

        assertThat(completed).hasSize(64).isSorted();
    }

    @Test
    void whereNobodyIsHandedOverNothingIs() {
        handover.tell(() -> {});

        assertThat(tasks).isEmpty();
    }

    @Test
    void whoWasToldBeforeTheTellingFailedIsHandedOver() {
        try {
            handover.tell(() -> {
                complete(1);
                throw new IllegalStateException("as a listener may");
            });
        } catch (IllegalStateException expected) {
            // goes on to who told
        }

        tasks.remove().run();
        assertThat(completed).containsExactly(1);
        complete(2);
        assertThat(tasks).as("not kept for a telling that is over").hasSize(1);
    }

    @Test
    void nobodyWaitsForOneThatBlocks() throws Exception {
        CountDownLatch others = new CountDownLatch(62);
        CountDownLatch blocked = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Handover real = new Handover(threads);
            real.tell(() -> {
                for (int i = 0; i < 64; i++) {
                    boolean blocks = i == 0 || i == 40;
                    real.complete(() -> {
                        if (blocks) {
                            await(blocked);
                        } else {
                            others.countDown();
                        }
                    });
                }
            });

            assertThat(others.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            blocked.countDown();
            threads.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
