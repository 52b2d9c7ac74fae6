package io.github.reverseratelimiter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands the completions of answers over to an executor: where one trip tells many callers, all of theirs at once, since to hand over is
 * not cheap.
 */
final class Handover {

    /** Completions that were handed over as one task. None waits for one that blocks: whoever begins calls for one more thread. */
    private static final class Together implements Runnable {

        private final List<Runnable> completions;
        private final Executor executor;
        private final AtomicInteger next = new AtomicInteger();

        /** Who is calling for one more; an executor that runs it in the calling thread has none. */
        private volatile @Nullable Thread calling;

        Together(List<Runnable> completions, Executor executor) {
            this.completions = completions;
            this.executor = executor;
        }

        @Override
        public void run() {
            if (Thread.currentThread().equals(calling)) {
                return;
            }
            int index = next.getAndIncrement();
            if (index + 1 < completions.size()) {
                calling = Thread.currentThread();
                executor.execute(this);
                calling = null;
            }
            while (index < completions.size()) {
                completions.get(index).run();
                index = next.getAndIncrement();
            }
        }
    }

    private final Executor executor;
    private final ThreadLocal<@Nullable List<Runnable>> group = new ThreadLocal<>();

    /** To this executor, which refuses nothing. */
    Handover(Executor executor) {
        this.executor = executor;
    }

    /** Runs what tells several callers, here. */
    void tell(Runnable telling) {
        if (group.get() != null) {
            telling.run();
            return;
        }
        group.set(new ArrayList<>());
        try {
            telling.run();
        } finally {
            send(group.get());
            group.remove();
        }
    }

    /** Hands one over: soon, where others are told with it. */
    void complete(Runnable completion) {
        List<Runnable> others = group.get();
        if (others == null) {
            executor.execute(completion);
        } else {
            others.add(completion);
        }
    }

    private void send(@Nullable List<Runnable> completions) {
        if (completions != null && !completions.isEmpty()) {
            executor.execute(completions.size() == 1 ? completions.get(0) : new Together(completions, executor));
        }
    }
}
