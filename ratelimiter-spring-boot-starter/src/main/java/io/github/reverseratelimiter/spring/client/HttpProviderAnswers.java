package io.github.reverseratelimiter.spring.client;

import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Takes status 429 (Too Many Requests, RFC 6585) for a refusal: of an exception or one of its causes, or of the response that a method
 * returns. With 504 (Gateway Timeout, RFC 9110) something between has given up, and the call may reach the provider yet.
 */
public final class HttpProviderAnswers implements ProviderAnswers {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int DEEPEST = 16;

    private final List<HttpStatus> known;

    /** Of the clients that this class loader knows. */
    public HttpProviderAnswers(@Nullable ClassLoader loader) {
        List<HttpStatus> all = new ArrayList<>();
        all.add(HttpProviderAnswers::ofTheJdk);
        if (ClassUtils.isPresent("org.springframework.web.client.RestClientResponseException", loader)) {
            all.add(new WebStatus());
        }
        if (ClassUtils.isPresent(
                "org.springframework.web.reactive.function.client.WebClientResponseException", loader)) {
            all.add(new WebFluxStatus());
        }
        FeignStatus.find(loader).ifPresent(all::add);
        this.known = List.copyOf(all);
    }

    @Override
    public CallEnd end(@Nullable Object result, @Nullable Throwable failure) {
        Optional<CallEnd> told = result == null ? Optional.empty() : told(result);
        Throwable cause = failure;
        for (int depth = 0; told.isEmpty() && cause != null && depth < DEEPEST; depth++) {
            told = told(cause);
            cause = cause.getCause();
        }
        return told.orElseGet(() -> CallEnd.of(failure));
    }

    private Optional<CallEnd> told(Object answer) {
        for (HttpStatus each : known) {
            OptionalInt status = each.of(answer);
            if (status.isPresent()) {
                return switch (status.getAsInt()) {
                    case TOO_MANY_REQUESTS -> Optional.of(CallEnd.REFUSED);
                    case GATEWAY_TIMEOUT -> Optional.of(CallEnd.UNKNOWN);
                    default -> Optional.empty();
                };
            }
        }
        return Optional.empty();
    }

    private static OptionalInt ofTheJdk(Object answer) {
        return answer instanceof HttpResponse<?> response ? OptionalInt.of(response.statusCode()) : OptionalInt.empty();
    }
}
