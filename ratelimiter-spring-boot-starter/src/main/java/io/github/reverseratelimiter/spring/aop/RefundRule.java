package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * After which failures of a call its credits come back.
 *
 * @param classes of exceptions, with their subclasses
 */
record RefundRule(List<Class<? extends Throwable>> classes) {

    private static final List<Class<? extends Throwable>> WITHOUT_CREDITS =
            List.of(RateLimitExceededException.class, CreditStoreException.class, AcquireInterruptedException.class);

    /** Takes a copy of the list. */
    RefundRule {
        classes = List.copyOf(classes);
    }

    /**
     * What an annotation says.
     *
     * @throws InvalidRateLimitedMethodException if it names exceptions that come before anything was taken
     */
    static RefundRule read(Method method, List<Class<? extends Throwable>> classes) {
        for (Class<? extends Throwable> each : classes) {
            if (WITHOUT_CREDITS.stream().anyMatch(type -> type.isAssignableFrom(each))) {
                throw new InvalidRateLimitedMethodException(
                        method,
                        "refundOn names " + each.getSimpleName() + ", which means that no credit was taken",
                        "name exceptions of the method itself, such as java.net.ConnectException",
                        null);
            }
        }
        return new RefundRule(classes);
    }

    boolean isEmpty() {
        return classes.isEmpty();
    }

    /** Whether such a failure gives the credits back; of one that only wraps another, that other. */
    boolean matches(Throwable failure) {
        Throwable thrown = failure;
        while ((thrown instanceof CompletionException || thrown instanceof ExecutionException)
                && !named(thrown)
                && thrown.getCause() != null) {
            thrown = thrown.getCause();
        }
        return named(thrown);
    }

    private boolean named(Throwable thrown) {
        for (Class<? extends Throwable> each : classes) {
            if (each.isInstance(thrown)) {
                return true;
            }
        }
        return false;
    }
}
