package io.github.reverseratelimiter.spring.web;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers for a WebFlux handler that got no credit, with 429, or with 503 where the store did not decide. It is asked
 * after the exception handlers of controllers and advice, and before Spring Boot's error page.
 */
public final class DeniedRequestHandler implements WebExceptionHandler, Ordered {

    /* That of Spring Boot's own handler, which answers everything; this one is registered before it. */
    private static final int ORDER = -1;

    private final BooleanSupplier enabled;

    /** Asks at run time whether it is to answer, since conditions are frozen in an application processed ahead of time. */
    public DeniedRequestHandler(BooleanSupplier enabled) {
        this.enabled = enabled;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        Object handler = exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
        ServerHttpResponse response = exchange.getResponse();
        if (handler == null || !enabled.getAsBoolean() || response.isCommitted()) {
            return Mono.error(thrown);
        }
        Optional<Problem> problem = Problem.of(thrown, handler);
        return problem.isPresent() ? write(problem.get(), response) : Mono.error(thrown);
    }

    private static Mono<Void> write(Problem problem, ServerHttpResponse response) {
        response.setStatusCode(problem.status());
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(problem.retryAfter()));
        response.getHeaders().setContentType(MediaType.parseMediaType(problem.contentType()));
        return response.writeWith(Mono.just(response.bufferFactory().wrap(problem.json())));
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
