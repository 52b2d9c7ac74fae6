package io.github.reverseratelimiter.boot4;

import io.github.reverseratelimiter.spring.kinds.Answers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;

/** Lets a {@code RestClient} answer without a network. */
public final class AnsweringRequests implements ClientHttpRequestFactory {

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
        Answers.nothing(Answers.CALLED);
        MockClientHttpResponse response =
                new MockClientHttpResponse(Answers.CALLED.getBytes(StandardCharsets.UTF_8), 200);
        response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
        MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
        request.setResponse(response);
        return request;
    }
}
