package io.github.reverseratelimiter;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What is known of a call that its caller has done with. */
public enum CallEnd {
    /** It was answered, or failed in a way that tells that it will not arrive any more. */
    ANSWERED,

    /** The provider refused it, since it counted too many (429 Too Many Requests, RFC 6585 §4). */
    REFUSED,

    /** Its caller gave up, by a time-out or a cancellation: it may arrive yet. */
    UNKNOWN;

    private static final int DEEPEST = 16;

    /** Of the JDK's client (not while it connects: nothing was sent then), and of Netty's, WebClient for one, which are no {@link TimeoutException}. */
    private static final Set<String> TIME_OUTS = Set.of(
            "java.net.http.HttpTimeoutException",
            "io.netty.handler.timeout.ReadTimeoutException",
            "io.netty.handler.timeout.WriteTimeoutException");

    /**
     * What an exception tells: of time-outs, interruptions and cancellations, also as a cause, nothing; else the call was answered.
     *
     * @param failure what the call threw; null if it returned
     */
    public static CallEnd of(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof TimeoutException
                    || cause instanceof InterruptedIOException
                    || cause instanceof InterruptedException
                    || cause instanceof CancellationException
                    || cause instanceof ClosedByInterruptException
                    || TIME_OUTS.contains(cause.getClass().getName())) {
                return UNKNOWN;
            }
            cause = cause.getCause();
        }
        return ANSWERED;
    }
}
