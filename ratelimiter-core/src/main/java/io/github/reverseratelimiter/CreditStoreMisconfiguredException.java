package io.github.reverseratelimiter;

/** The store answered that it cannot be used like this, and will answer so until somebody changes it. */
public class CreditStoreMisconfiguredException extends CreditStoreException {

    private static final long serialVersionUID = 1L;

    /** Says what is wrong, with which value, and what to do. */
    public CreditStoreMisconfiguredException(String message) {
        super(message);
    }

    /** Says what is wrong, with which value, and what to do. */
    public CreditStoreMisconfiguredException(Reason reason, String message) {
        super(reason, message);
    }

    /** The same, with the store's own words as cause. */
    public CreditStoreMisconfiguredException(Reason reason, String message, Throwable cause) {
        super(reason, message, cause);
    }

    /** The same, with the store's own words as cause. */
    public CreditStoreMisconfiguredException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Others are decided where a key holds foreign data, so it says whose that is: the limiter, not the key. */
    CreditStoreMisconfiguredException toldTo(Bundle bundle) {
        String limiters = reason() == Reason.FOREIGN_KEY ? bundle.ofLimiters() : "";
        return limiters.isEmpty()
                ? this
                : new CreditStoreMisconfiguredException(reason(), getMessage() + limiters, this);
    }
}
