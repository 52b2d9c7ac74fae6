package io.github.reverseratelimiter.benchmarks.load;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Who calls, and how many of them. */
sealed interface Callers {

    /** Whether this JVM has them. */
    default boolean exist() {
        return true;
    }

    /** Makes them. */
    Crew hire();

    /** Threads of the machine, each in its own call. */
    record Threads(int count) implements Callers {
        @Override
        public Crew hire() {
            return new BlockingCrew(Executors.newFixedThreadPool(count), count);
        }
    }

    /** Virtual threads, each in its own call. */
    record VirtualThreads(int count) implements Callers {
        @Override
        public boolean exist() {
            return Runtime.version().feature() >= 21;
        }

        @Override
        public Crew hire() {
            return new BlockingCrew(virtualThreads(), count);
        }

        /** Compiled for a Java that does not have them. */
        private static ExecutorService virtualThreads() {
            try {
                Method method = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
                return (ExecutorService) method.invoke(null);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("no virtual threads in Java " + Runtime.version(), e);
            }
        }
    }

    /** One thread that keeps so many calls in flight. */
    record InFlight(int count) implements Callers {
        @Override
        public Crew hire() {
            return new AsyncCrew(count);
        }
    }
}
