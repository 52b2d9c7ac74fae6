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

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    /** Completions that were handed over as one task. None waits for one that blocks: whoever begins calls for one more thread. */
    private static final class Together implements Runnable {

        private final List<Runnable> completions;
        private final Executor executor;
        private final AtomicInteger next = new AtomicInteger();

        /** Who is calling for one more: where that is refused it may be run in the calling thread. */
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
                callForOneMore();
            }
            while (index < completions.size()) {
                complete(completions.get(index));
                index = next.getAndIncrement();
            }
        }

        private void callForOneMore() {
            calling = Thread.currentThread();
            try {
                executor.execute(this);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.DEBUG, "Answers are completed by one thread", e);
            } finally {
                calling = null;
            }
        }

        /** Whatever one of them throws, the others are to be told. */
        private static void complete(Runnable completion) {
            try {
                completion.run();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "An answer could not be completed", e);
            }
        }
    }

    private final Executor executor;

    /** Whom this thread is just telling; set for the time of a call only, and of each limiter its own. */
    @SuppressWarnings("ThreadLocalUsage")
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
        List<Runnable> told = new ArrayList<>();
        group.set(told);
        try {
            telling.run();
        } finally {
            group.remove(); // first: what runs here from now on may tell others
            send(told);
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

    private void send(List<Runnable> completions) {
        if (!completions.isEmpty()) {
            executor.execute(completions.size() == 1 ? completions.get(0) : new Together(completions, executor));
        }
    }
}
