package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/**
 * What a caller does next on its way to an answer.
 */
sealed interface Step {

    /** Ask the store, standing in line for at most so many microseconds; before that, give back what came too late. */
    record Ask(long maxWaitMicros, @Nullable Credit unused) implements Step {}

    /** Do nothing for so long. */
    record Sleep(long nanos) implements Step {}

    /** Done; before that, give back what came too late. */
    record Done(Acquisition answer, @Nullable Credit unused) implements Step {

        Done(Acquisition answer) {
            this(answer, null);
        }
    }
}
