package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.RecordingLimiter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an attribute does.
 *
 * @param attributes of the annotation
 * @param denied whether the limiter denies
 * @param failing whether the method fails
 * @param check of what was seen
 */
record AttributeRow(Map<String, Object> attributes, boolean denied, boolean failing, Consumer<Seen> check) {

    static final Map<String, AttributeRow> ALL = Map.ofEntries(
            request(
                    "key",
                    "#account",
                    request -> assertThat(request.key().value()).isEqualTo("acme")),
            request(
                    "window",
                    "2h",
                    request -> assertThat(request.limits()).containsExactly(RateLimit.of(9, Duration.ofHours(2)))),
            request(
                    "limit",
                    7,
                    request -> assertThat(request.limits()).containsExactly(RateLimit.of(7, Duration.ofHours(1)))),
            request(
                    "limitString",
                    "${my.limit}",
                    request -> assertThat(request.limits()).containsExactly(RateLimit.of(8, Duration.ofHours(1)))),
            request("retries", 3, request -> assertThat(request.waiting()).isEqualTo(Waiting.retries(3))),
            request(
                    "retriesString",
                    "${my.retries}",
                    request -> assertThat(request.waiting()).isEqualTo(Waiting.retries(4))),
            request(
                    "retryInterval",
                    "5ms",
                    request -> assertThat(request.waiting())
                            .isEqualTo(new Waiting.Retries(2, Optional.of(Duration.ofMillis(5)), Optional.empty()))),
            request(
                    "maxWait",
                    "3s",
                    request -> assertThat(request.waiting()).isEqualTo(Waiting.upTo(Duration.ofSeconds(3)))),
            request(
                    "name",
                    "github",
                    request -> assertThat(request.key().limiter()).isEqualTo("github")),
            request("credits", 2, request -> assertThat(request.credits()).isEqualTo(2)),
            request(
                    "cost",
                    "#account.length()",
                    request -> assertThat(request.credits()).isEqualTo(4)),
            request("margin", "7ms", request -> assertThat(request.margin()).isEqualTo(Duration.ofMillis(7))),
            request("maxInFlight", 3, request -> assertThat(request.flow()).isEqualTo(Flow.FREE.maxInFlight(3))),
            request(
                    "countUntil",
                    "${my.count-until}",
                    request -> assertThat(request.flow()).isEqualTo(Flow.FREE.countUntil(CountUntil.COMPLETION))),
            request("pace", true, request -> assertThat(request.flow()).isEqualTo(Flow.FREE.pacing(Pacing.EVEN))),
            Map.entry(
                    "fallbackMethod",
                    new AttributeRow(
                            attributes("fallbackMethod", "instead"),
                            true,
                            false,
                            seen -> assertThat(seen.result()).isEqualTo(Answers.INSTEAD))),
            Map.entry(
                    "refundOn",
                    new AttributeRow(
                            attributes("refundOn", new Class<?>[] {UncheckedIOException.class}),
                            false,
                            true,
                            seen -> assertThat(seen.limiter().refunds).hasValue(1))));

    private static Map.Entry<String, AttributeRow> request(
            String attribute, Object value, Consumer<CreditRequest> check) {
        return Map.entry(attribute, new AttributeRow(attributes(attribute, value), false, false, seen -> {
            assertThat(seen.failure()).isNull();
            assertThat(seen.result()).isEqualTo(Answers.CALLED);
            assertThat(seen.limiter().calls).hasSize(1);
            check.accept(seen.limiter().calls.get(0).get(0));
        }));
    }

    private static Map<String, Object> attributes(String attribute, Object value) {
        Map<String, Object> attributes = new LinkedHashMap<>(Map.of("key", "'github'", "window", "1h", "limit", 9));
        if (attribute.equals("limitString")) {
            attributes.remove("limit");
        }
        if (attribute.equals("retryInterval")) {
            attributes.put("retries", 2);
        }
        attributes.put(attribute, value);
        return attributes;
    }

    /**
     * What a call did.
     *
     * @param limiter that was asked
     * @param result of the call
     * @param failure of the call
     */
    record Seen(
            RecordingLimiter limiter,
            @Nullable Object result,
            @Nullable Throwable failure) {}
}
