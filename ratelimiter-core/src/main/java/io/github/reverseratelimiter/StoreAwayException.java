package io.github.reverseratelimiter;

/** The store was not asked, since it is known to be away. One serves all callers of an outage, so it tells no place. */
final class StoreAwayException extends CreditStoreException {

    private static final long serialVersionUID = 1L;

    /** The store was last heard of so. */
    StoreAwayException(CreditStoreException cause) {
        super("the store is away, and only one call at a time tries whether it is back: " + cause.getMessage(), cause);
    }

    /** The store is back, but what was granted without it still counts. */
    StoreAwayException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
