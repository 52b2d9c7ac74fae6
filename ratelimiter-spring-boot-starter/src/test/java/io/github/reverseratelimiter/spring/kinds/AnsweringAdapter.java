package io.github.reverseratelimiter.spring.kinds;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpRequestValues;

/** Answers without a network. */
public final class AnsweringAdapter implements HttpExchangeAdapter {

    @Override
    public boolean supportsRequestAttributes() {
        return false;
    }

    @Override
    public void exchange(HttpRequestValues values) {
        Answers.nothing(Answers.CALLED);
    }

    @Override
    public HttpHeaders exchangeForHeaders(HttpRequestValues values) {
        return new HttpHeaders();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T exchangeForBody(HttpRequestValues values, ParameterizedTypeReference<T> type) {
        return (T) Answers.CALLED;
    }

    @Override
    public ResponseEntity<Void> exchangeForBodilessEntity(HttpRequestValues values) {
        return new ResponseEntity<>(HttpStatus.OK);
    }

    @Override
    public <T> ResponseEntity<T> exchangeForEntity(HttpRequestValues values, ParameterizedTypeReference<T> type) {
        return new ResponseEntity<>(exchangeForBody(values, type), HttpStatus.OK);
    }
}
