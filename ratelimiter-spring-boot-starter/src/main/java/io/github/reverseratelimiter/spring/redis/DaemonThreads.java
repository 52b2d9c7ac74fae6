package io.github.reverseratelimiter.spring.redis;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Threads that keep no JVM alive, and end when there is nothing to do. */
final class DaemonThreads {

    private DaemonThreads() {}

    static ThreadPoolExecutor executor(int threads, Duration idle, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(threads, threads, idle.toMillis(), TimeUnit.MILLISECONDS, queue, factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** One thread, which also waits. */
    static ScheduledExecutorService scheduler(Duration idle) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory());
        executor.setKeepAliveTime(idle.toMillis(), TimeUnit.MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static ThreadFactory factory() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("reverse-rate-limiter-redis-");
        factory.setDaemon(true);
        return factory;
    }
}
