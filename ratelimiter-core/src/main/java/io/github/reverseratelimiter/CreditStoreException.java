package io.github.reverseratelimiter;

/**
 * The store did not decide: it is away or too slow. A request that ended so was not charged, or is given back as soon as
 * the store answers.
 */
public class CreditStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what failed, with which value, and what to do. */
    public CreditStoreException(String message) {
        super(message);
    }

    /** Says what failed, with which value, and what to do; with the cause. */
    public CreditStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
