package io.github.reverseratelimiter.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import feign.FeignException;
import feign.Request;
import feign.Response;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import io.grpc.Status;
import io.ktor.client.plugins.HttpRequestTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What calls tell about their provider when they end. */
class HttpProviderAnswersTest {

    private final ProviderAnswers answers = new HttpProviderAnswers(getClass().getClassLoader());

    private static FeignException feign(int status) {
        Request request = Request.create(
                Request.HttpMethod.GET, "http://localhost/", Map.of(), null, StandardCharsets.UTF_8, null);
        return FeignException.errorStatus(
                "call",
                Response.builder()
                        .status(status)
                        .request(request)
                        .headers(Map.of())
                        .build());
    }

    private static Exception web(HttpStatus status) {
        return HttpClientErrorException.create(status, "no", HttpHeaders.EMPTY, new byte[0], StandardCharsets.UTF_8);
    }

    private static Exception webFlux(int status) {
        return WebClientResponseException.create(status, "no", HttpHeaders.EMPTY, new byte[0], null);
    }

    static Stream<Arguments> failures() {
        Exception refused = web(HttpStatus.TOO_MANY_REQUESTS);
        return Stream.of(
                Arguments.of(refused, CallEnd.REFUSED),
                Arguments.of(web(HttpStatus.NOT_FOUND), CallEnd.ANSWERED),
                Arguments.of(new RestClientResponseException("no", 429, "no", null, null, null), CallEnd.REFUSED),
                Arguments.of(webFlux(429), CallEnd.REFUSED),
                Arguments.of(webFlux(504), CallEnd.UNKNOWN),
                Arguments.of(feign(504), CallEnd.UNKNOWN),
                Arguments.of(webFlux(503), CallEnd.ANSWERED),
                Arguments.of(webFlux(503), CallEnd.ANSWERED),
                Arguments.of(feign(429), CallEnd.REFUSED),
                Arguments.of(feign(500), CallEnd.ANSWERED),
                Arguments.of(new CompletionException(refused), CallEnd.REFUSED),
                Arguments.of(new IllegalStateException(new RuntimeException(refused)), CallEnd.REFUSED),
                Arguments.of(new IOException("no"), CallEnd.ANSWERED),
                Arguments.of(new SocketTimeoutException(), CallEnd.UNKNOWN),
                Arguments.of(new ClosedByInterruptException(), CallEnd.UNKNOWN),
                Arguments.of(new AsynchronousCloseException(), CallEnd.UNKNOWN),
                Arguments.of(new SocketException("Closed by interrupt"), CallEnd.UNKNOWN),
                Arguments.of(new SocketException("Socket closed"), CallEnd.UNKNOWN),
                Arguments.of(new SocketException("Connection refused"), CallEnd.ANSWERED),
                Arguments.of(new IllegalStateException(new IOException("Canceled")), CallEnd.UNKNOWN),
                Arguments.of(new HttpTimeoutException("no answer"), CallEnd.UNKNOWN),
                Arguments.of(new HttpConnectTimeoutException("nothing was sent"), CallEnd.ANSWERED),
                Arguments.of(new IllegalStateException(ReadTimeoutException.INSTANCE), CallEnd.UNKNOWN),
                Arguments.of(WriteTimeoutException.INSTANCE, CallEnd.UNKNOWN),
                Arguments.of(new CancellationException(), CallEnd.UNKNOWN));
    }

    static Stream<Arguments> failuresOfOtherClients() {
        return Stream.of(
                Arguments.of(ApiCallTimeoutException.create(100), CallEnd.UNKNOWN),
                Arguments.of(new CompletionException(ApiCallAttemptTimeoutException.create(100)), CallEnd.UNKNOWN),
                Arguments.of(AbortedException.create("interrupted"), CallEnd.UNKNOWN),
                Arguments.of(SdkClientException.create("no credentials"), CallEnd.ANSWERED),
                Arguments.of(new HttpRequestTimeoutException("http://localhost/", 100L, null), CallEnd.UNKNOWN),
                Arguments.of(Status.DEADLINE_EXCEEDED.asRuntimeException(), CallEnd.UNKNOWN),
                Arguments.of(
                        Status.DEADLINE_EXCEEDED.withDescription("after 1 s").asRuntimeException(), CallEnd.UNKNOWN),
                Arguments.of(Status.CANCELLED.withDescription("by the caller").asException(), CallEnd.UNKNOWN),
                Arguments.of(Status.NOT_FOUND.asRuntimeException(), CallEnd.ANSWERED),
                Arguments.of(
                        Status.INTERNAL.withDescription("DEADLINE_EXCEEDED").asRuntimeException(), CallEnd.ANSWERED));
    }

    @ParameterizedTest
    @MethodSource("failuresOfOtherClients")
    void knowsTheTimeOutsOfClientsThatHaveClassesOfTheirOwnForThem(Exception failure, CallEnd end) {
        assertThat(answers.end(null, failure)).isEqualTo(end);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void knowsARefusalByItsStatus(Exception failure, CallEnd end) {
        assertThat(answers.end(null, failure)).isEqualTo(end);
    }

    static Stream<Arguments> results() {
        return Stream.of(
                Arguments.of(ResponseEntity.status(429).build(), CallEnd.REFUSED),
                Arguments.of(ResponseEntity.status(504).build(), CallEnd.UNKNOWN),
                Arguments.of(ResponseEntity.ok("yes"), CallEnd.ANSWERED),
                Arguments.of(ClientResponse.create(HttpStatus.TOO_MANY_REQUESTS).build(), CallEnd.REFUSED),
                Arguments.of("429", CallEnd.ANSWERED));
    }

    @ParameterizedTest
    @MethodSource("results")
    void knowsARefusalByTheResponseThatIsReturned(Object result, CallEnd end) {
        assertThat(answers.end(result, null)).isEqualTo(end);
    }

    @Test
    void takesNothingForAnAnswer() {
        assertThat(answers.end(null, null)).isEqualTo(CallEnd.ANSWERED);
    }

    @Test
    void knowsTheResponseOfTheJdk() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            HttpResponse<Void> response = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());

            assertThat(answers.end(response, null)).isEqualTo(CallEnd.REFUSED);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void doesNotLoopWhereACauseIsItsOwn() {
        Exception first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));

        assertThat(answers.end(null, first)).isEqualTo(CallEnd.ANSWERED);
    }

    @Test
    void needsNoneOfTheClients() {
        FilteredClassLoader none = new FilteredClassLoader("org.springframework.web", "feign");

        assertThat(new HttpProviderAnswers(none).end(null, web(HttpStatus.TOO_MANY_REQUESTS)))
                .isEqualTo(CallEnd.ANSWERED);
    }

    @Test
    void backsOffForTheApplicationsOwn() {
        ProviderAnswers own = (result, failure) -> CallEnd.REFUSED;

        Contexts.memory()
                .withBean(ProviderAnswers.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(ProviderAnswers.class)).isSameAs(own));
    }

    @Test
    void isThereWithoutAnybodysHelp() {
        Contexts.memory()
                .run(context ->
                        assertThat(context.getBean(ProviderAnswers.class)).isInstanceOf(HttpProviderAnswers.class));
    }
}
