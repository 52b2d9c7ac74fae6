package io.github.reverseratelimiter.spring.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers for a Spring MVC handler that got no credit, with 429, or with 503 where the store did not decide. It is asked
 * last: what the application handles itself, in whatever way, does not get here.
 */
public final class DeniedRequestResolver implements HandlerExceptionResolver, Ordered {

    private final BooleanSupplier enabled;

    /** Asks at run time whether it is to answer, since conditions are frozen in an application processed ahead of time. */
    public DeniedRequestResolver(BooleanSupplier enabled) {
        this.enabled = enabled;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception thrown) {
        if (handler == null || !enabled.getAsBoolean() || response.isCommitted()) {
            return null;
        }
        Optional<Problem> problem = Problem.of(thrown, handler);
        if (problem.isEmpty()) {
            return null;
        }
        write(problem.get(), response);
        return new ModelAndView();
    }

    private static void write(Problem problem, HttpServletResponse response) {
        response.setStatus(problem.status().value());
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
        response.setContentType(problem.contentType());
        try {
            response.getOutputStream().write(problem.json());
        } catch (IOException e) {
            throw new UncheckedIOException("the client is gone", e);
        }
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
