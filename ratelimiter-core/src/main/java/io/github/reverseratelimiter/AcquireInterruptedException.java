package io.github.reverseratelimiter;

/**
 * The thread was interrupted while it waited for credits. They were given back, and the thread's interrupt flag is still
 * set.
 */
public class AcquireInterruptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Names the limiter. */
    public AcquireInterruptedException(String message) {
        super(message);
    }
}
