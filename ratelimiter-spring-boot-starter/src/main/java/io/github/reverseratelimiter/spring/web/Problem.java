package io.github.reverseratelimiter.spring.web;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.aop.DeniedCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.aop.support.AopUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.method.HandlerMethod;

/**
 * What a client is answered whose request got no credit: an RFC 9457 problem.
 *
 * @param status of the answer
 * @param detail for a person to read
 * @param retryAfter seconds until another request makes sense, at least 1
 */
record Problem(HttpStatus status, String detail, long retryAfter) {

    /**
     * Empty unless it was the handler itself that was not run: an outbound call that was denied inside of it is not the
     * client's fault.
     */
    static Optional<Problem> of(Throwable thrown, Object handler) {
        if (!(thrown instanceof DeniedCall call) || !(handler instanceof HandlerMethod method)) {
            return Optional.empty();
        }
        Class<?> controller =
                AopUtils.getTargetClass(method.createWithResolvedBean().getBean());
        if (!call.isOf(method.getMethod(), controller)) {
            return Optional.empty();
        }
        return Optional.of(thrown instanceof RateLimitExceededException denied ? denied(denied) : undecided());
    }

    private static Problem denied(RateLimitExceededException denied) {
        long seconds = seconds(denied.retryAfter());
        String limits = denied.limits().stream().map(RateLimit::toString).collect(Collectors.joining(" and "));
        return new Problem(
                HttpStatus.TOO_MANY_REQUESTS,
                "The limit is " + limits + " (" + denied.reason() + "); retry after " + seconds + "s.",
                seconds);
    }

    private static Problem undecided() {
        return new Problem(
                HttpStatus.SERVICE_UNAVAILABLE, "It cannot be told whether the limit is reached; retry after 1s.", 1);
    }

    private static long seconds(Duration duration) {
        return Math.max(1, duration.plusNanos(999_999_999).toSeconds());
    }

    String contentType() {
        return MediaType.APPLICATION_PROBLEM_JSON_VALUE;
    }

    /*
     * Written by hand: it is the same with every JSON library and with none. It holds nothing that would have to be
     * escaped, and neither the key nor the path of the request, which may name a person.
     */
    byte[] json() {
        return "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                .formatted(status.getReasonPhrase(), status.value(), detail)
                .getBytes(StandardCharsets.UTF_8);
    }
}
