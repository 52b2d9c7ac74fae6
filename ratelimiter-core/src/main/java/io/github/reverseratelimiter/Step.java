package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/** What a caller does next on its way to an answer, having given back what came too late. */
sealed interface Step {

    /** What came too late. */
    @Nullable
    Credit unused();

    /** Ask the store, standing in line for at most so many microseconds. */
    record Ask(long maxWaitMicros, @Nullable Credit unused) implements Step {}

    /** Do nothing for so long. */
    record Sleep(long nanos, @Nullable Credit unused) implements Step {}

    /** Done. */
    record Done(Acquisition answer, @Nullable Credit unused) implements Step {}
}
