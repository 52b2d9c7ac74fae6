package io.github.reverseratelimiter.spring.client;

import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Takes status 429 (Too Many Requests) for a refusal: of an exception or one of its causes, or of the response that a method
 * returns.
 */
public final class HttpProviderAnswers implements ProviderAnswers {

    private static final int TOO_MANY_REQUESTS = 429;
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
        if (result != null && isRefusal(result)) {
            return CallEnd.REFUSED;
        }
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (isRefusal(cause)) {
                return CallEnd.REFUSED;
            }
            cause = cause.getCause();
        }
        return CallEnd.of(failure);
    }

    private boolean isRefusal(Object answer) {
        for (HttpStatus each : known) {
            OptionalInt status = each.of(answer);
            if (status.isPresent()) {
                return status.getAsInt() == TOO_MANY_REQUESTS;
            }
        }
        return false;
    }

    private static OptionalInt ofTheJdk(Object answer) {
        return answer instanceof HttpResponse<?> response ? OptionalInt.of(response.statusCode()) : OptionalInt.empty();
    }
}
