package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;

/** No credit was to be had: the window is spent, the key is paused, or the wait would be too long. */
public class RateLimitExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String limiter;
    private final String key;
    private final List<RateLimit> limits;
    private final Acquisition.Denied denied;

    /** Tells which request was denied, and what the answer was. */
    public RateLimitExceededException(CreditRequest request, Acquisition.Denied denied) {
        super(text(request, denied));
        this.limiter = request.key().limiter();
        this.key = request.key().value();
        this.limits = request.limits();
        this.denied = denied;
    }

    private static String text(CreditRequest request, Acquisition.Denied denied) {
        Check.given(request, "request", "give the one that was denied");
        Check.given(denied, "denied", "give what was answered");
        StringBuilder text = new StringBuilder(120)
                .append(request.credits() == 1 ? "No credit" : "No " + request.credits() + " credits");
        if (!request.key().limiter().isEmpty()) {
            text.append(" from limiter '").append(request.key().limiter()).append('\'');
        }
        if (request.waiting() instanceof Waiting.UpTo upTo) {
            text.append(" within ").append(Durations.text(upTo.maxWait()));
        } else if (request.waiting() instanceof Waiting.Retries again) {
            again.maxWait().ifPresent(maxWait -> text.append(" within ").append(Durations.text(maxWait)));
        }
        text.append(": limit is ");
        for (int i = 0; i < request.limits().size(); i++) {
            text.append(i == 0 ? "" : " and ").append(request.limits().get(i));
        }
        request.flow()
                .maxInFlight()
                .ifPresent(most -> text.append(request.limits().isEmpty() ? "" : " and ")
                        .append(most)
                        .append(" in flight"));
        return text.append(", ")
                .append(denied.reason())
                .append(", retry after ")
                .append(Durations.text(denied.retryAfter()))
                .toString();
    }

    /** Name of the limiter; empty for the nameless one. */
    public String limiter() {
        return limiter;
    }

    /** The key whose allowance was spent. It may be personal data, so it is not part of the message. */
    public String key() {
        return key;
    }

    /** The limits that were asked for. */
    public List<RateLimit> limits() {
        return limits;
    }

    /** How long, from the answer, until the same request could be granted. */
    public Duration retryAfter() {
        return denied.retryAfter();
    }

    /** Why. */
    public Acquisition.Reason reason() {
        return denied.reason();
    }
}
