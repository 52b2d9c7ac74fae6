package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.retrying;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitExceededExceptionTest {

    private static final Denied DENIED = new Denied(millis(7_400), Reason.WAIT_TOO_LONG, 0);
    private static final RateLimit HOUR = RateLimit.of(1_000, Duration.ofHours(1));

    private static String message(CreditRequest request) {
        return new RateLimitExceededException(request, DENIED).getMessage();
    }

    @Test
    void saysFromWhomWithinHowLongUnderWhichLimitsWhyAndUntilWhen() {
        assertThat(message(ONE.maxWait(Duration.ofSeconds(2))))
                .isEqualTo(
                        "No credit from limiter 'github' within 2s: limit is 5 per 1s, wait-too-long, retry after 7.4s");
        assertThat(message(
                        CreditRequest.of("acme", FIVE, HOUR).limiter("github").credits(3)))
                .isEqualTo("No 3 credits from limiter 'github': limit is 5 per 1s and 1000 per 1h, wait-too-long,"
                        + " retry after 7.4s");
    }

    @Test
    void theNamelessLimiterIsNotNamed() {
        assertThat(message(CreditRequest.of("acme", FIVE)))
                .isEqualTo("No credit: limit is 5 per 1s, wait-too-long, retry after 7.4s");
    }

    @Test
    void saysWhatEndedTheRetries() {
        assertThat(message(retrying(3, millis(100), SECOND))).contains("'github' within 1s: ");
        assertThat(message(ONE.retries(3))).contains("'github': ");
    }

    @Test
    void theKeyIsAFieldAndNotInTheText() {
        RateLimitExceededException exception =
                new RateLimitExceededException(CreditRequest.of("secret@example.com", FIVE), DENIED);

        assertThat(exception.key()).isEqualTo("secret@example.com");
        assertThat(exception).asString().doesNotContain("secret");
    }

    @Test
    void itsFieldsOutliveSerialization() throws IOException, ClassNotFoundException {
        RateLimitExceededException exception = new RateLimitExceededException(
                CreditRequest.of("acme", FIVE, HOUR).limiter("github").credits(3), DENIED);

        RateLimitExceededException copy = (RateLimitExceededException) copy(exception);

        assertThat(copy).hasMessage(exception.getMessage());
        assertThat(copy.limiter()).isEqualTo("github");
        assertThat(copy.key()).isEqualTo("acme");
        assertThat(copy.limits()).containsExactly(FIVE, HOUR);
        assertThat(copy.retryAfter()).isEqualTo(millis(7_400));
        assertThat(copy.reason()).isEqualTo(Reason.WAIT_TOO_LONG);
    }

    @Test
    void theOtherExceptionsOutliveSerializationToo() throws IOException, ClassNotFoundException {
        assertThat(copy(new CreditStoreException("away"))).hasMessage("away");
        assertThat(copy(new CreditStoreMisconfiguredException("wrong", new IOException("why"))))
                .hasMessage("wrong")
                .hasRootCauseMessage("why");
        assertThat(copy(new AcquireInterruptedException("interrupted"))).hasMessage("interrupted");
    }

    @Test
    void reasonsAndBasesReadAsInDocumentsAndTags() {
        assertThat(Reason.values())
                .extracting(Reason::toString)
                .containsExactly("exhausted", "wait-too-long", "paused", "store-unavailable", "too-many-waiters");
        assertThat(Acquisition.DecidedBy.values())
                .extracting(Acquisition.DecidedBy::toString)
                .containsExactly("store", "local", "policy");
        assertThat(new Acquisition.Basis.Local()).hasToString("local");
        assertThat(new Acquisition.Basis.Policy()).hasToString("policy");
    }

    private static Throwable copy(Throwable original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (Throwable) in.readObject();
        }
    }
}
