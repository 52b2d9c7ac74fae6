package io.github.reverseratelimiter.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.reverseratelimiter.benchmarks.Redis;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;

/** What this JVM and Redis have used so far. The threads of a wire are not counted. */
final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final Redis redis;
    private final Set<Long> leftOut;

    Meter(Redis redis, Set<Long> leftOut) {
        this.redis = redis;
        this.leftOut = leftOut;
    }

    /**
     * Counters as they stood.
     *
     * @param bytes allocated by the threads that live
     */
    record Reading(long cpuNanos, long bytes, double redisCpuSeconds, Map<String, Long> commands) {

        /** Commands, also those inside scripts. */
        long allCommands() {
            return commands.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Begins anew to count commands. */
    Reading begin() {
        redis.resetCounters();
        return read();
    }

    Reading read() {
        Map<String, Long> commands = redis.commands();
        double redisCpu = redis.cpuSeconds();
        return new Reading(SYSTEM.getProcessCpuTime() - cpuOfWires(), bytes(), redisCpu, commands);
    }

    private long cpuOfWires() {
        return leftOut.stream()
                .mapToLong(id -> Math.max(0, THREADS.getThreadCpuTime(id)))
                .sum();
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += Math.max(0, value);
        }
        return sum;
    }

    private long bytes() {
        long all = sum(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()));
        return all
                - leftOut.stream()
                        .mapToLong(id -> Math.max(0, THREADS.getThreadAllocatedBytes(id)))
                        .sum();
    }
}
