package io.github.reverseratelimiter.spring.aop;

import org.springframework.util.ClassUtils;

/** What belongs to the calling thread (diagnostic context, trace, security), for a method that runs in another. */
interface CallerContext {

    /** Takes it along. */
    Captured capture();

    /** What was taken along. */
    interface Captured {

        /** Runs a task with it in this thread, which has its own again afterwards. */
        void run(Task task) throws Throwable;
    }

    /** Goes on with a call. */
    interface Task {

        /** Does it. */
        void run() throws Throwable;
    }

    /** As Micrometer's library for this does it; nothing where it is absent. */
    static CallerContext present() {
        return ClassUtils.isPresent(
                        "io.micrometer.context.ContextSnapshotFactory", CallerContext.class.getClassLoader())
                ? new PropagatedContext()
                : () -> Task::run;
    }
}
