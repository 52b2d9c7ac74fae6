package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/** The store was not asked, or its answer is not to be used. One serves all callers of an outage, so it tells no place. */
final class StoreAwayException extends CreditStoreException {

    private static final long serialVersionUID = 1L;

    private static final String TOO_DEAR =
            "the store did not decide lately, and the call costs more than the share of this instance: that is all it may take"
                    + " until what was granted without the store has left the window";

    private enum Asked {
        NO,
        ANSWERED
    }

    private final Asked asked;

    /** The store was last heard of so. */
    StoreAwayException(CreditStoreException cause) {
        super("the store is away, and only one call at a time tries whether it is back: " + cause.getMessage(), cause);
        this.asked = Asked.NO;
    }

    private StoreAwayException(String message, Asked asked) {
        super(message);
        this.asked = asked;
    }

    /** The store is back, but what was granted without it still counts. */
    static StoreAwayException tooDear() {
        return new StoreAwayException(TOO_DEAR, Asked.NO);
    }

    /** The same, after an answer of the store: what that granted has gone back, and nothing is queued for any more. */
    static StoreAwayException tooDearThoughAnswered() {
        return new StoreAwayException(TOO_DEAR, Asked.ANSWERED);
    }

    /** Whether a trip that failed so has had an answer: nothing is left to be given back. */
    static boolean followedAnAnswer(@Nullable Throwable failure) {
        return failure != null
                && Trips.causeOf(failure) instanceof StoreAwayException away
                && away.asked == Asked.ANSWERED;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
