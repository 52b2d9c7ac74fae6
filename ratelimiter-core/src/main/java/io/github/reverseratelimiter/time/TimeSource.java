package io.github.reverseratelimiter.time;

/** A monotonic clock; its zero is arbitrary. */
@FunctionalInterface
public interface TimeSource {

    /** Nanoseconds since some fixed moment; may be negative, never goes back. */
    long nanoTime();

    /** The clock of this JVM. */
    static TimeSource system() {
        return System::nanoTime;
    }
}
