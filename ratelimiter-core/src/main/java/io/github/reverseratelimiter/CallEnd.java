package io.github.reverseratelimiter;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
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

    /**
     * Time-outs and interruptions of clients that have classes of their own for them: the JDK's (not while it connects: nothing was sent then),
     * Netty's, and with it WebClient's, the AWS SDK's and Ktor's. By name: they may be missing.
     */
    private static final Set<String> GIVEN_UP = Set.of(
            "java.net.http.HttpTimeoutException",
            "io.netty.handler.timeout.ReadTimeoutException",
            "io.netty.handler.timeout.WriteTimeoutException",
            "software.amazon.awssdk.core.exception.ApiCallTimeoutException",
            "software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException",
            "software.amazon.awssdk.core.exception.AbortedException",
            "io.ktor.client.plugins.HttpRequestTimeoutException");

    /** What a socket says that the caller's own side has closed, as does a virtual thread that is interrupted; and OkHttp of a call that was cancelled. */
    private static final Set<String> CLOSED_BY_THE_CALLER = Set.of("Closed by interrupt", "Socket closed", "Canceled");

    /** Those of gRPC, which tell what happened by a code that their message begins with. */
    private static final Set<String> OF_GRPC = Set.of("io.grpc.StatusRuntimeException", "io.grpc.StatusException");

    private static final Pattern GIVEN_UP_BY_GRPC =
            Pattern.compile("(DEADLINE_EXCEEDED|CANCELLED)\\b.*", Pattern.DOTALL);

    /**
     * What an exception tells: of time-outs, interruptions and cancellations, also as a cause, nothing; else the call was answered.
     *
     * @param failure what the call threw; null if it returned
     */
    public static CallEnd of(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (isGivenUp(cause)) {
                return UNKNOWN;
            }
            cause = cause.getCause();
        }
        return ANSWERED;
    }

    private static boolean isGivenUp(Throwable failure) {
        String name = failure.getClass().getName();
        return failure instanceof TimeoutException
                || failure instanceof InterruptedIOException
                || failure instanceof InterruptedException
                || failure instanceof CancellationException
                || failure instanceof AsynchronousCloseException
                || (failure instanceof IOException
                        && CLOSED_BY_THE_CALLER.contains(String.valueOf(failure.getMessage())))
                || GIVEN_UP.contains(name)
                || (OF_GRPC.contains(name)
                        && GIVEN_UP_BY_GRPC
                                .matcher(String.valueOf(failure.getMessage()))
                                .matches());
    }
}
