package io.github.reverseratelimiter.sample.github;

import io.github.reverseratelimiter.RateLimitExceededException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientResponseException;

/** Lets a person call the provider through this instance. */
@RestController
class RepoController {

    private final GitHubClient client;

    RepoController(GitHubClient client) {
        this.client = client;
    }

    @GetMapping(path = "/repos/{account}", produces = MediaType.APPLICATION_JSON_VALUE)
    String repos(@PathVariable("account") String account) {
        return client.repos(account);
    }

    /** The limiter said no: nobody was called, and the caller learns when to come back. */
    @ExceptionHandler
    ResponseEntity<String> denied(RateLimitExceededException e) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(
                        HttpHeaders.RETRY_AFTER,
                        String.valueOf(e.retryAfter().plusMillis(999).toSeconds()))
                .contentType(MediaType.TEXT_PLAIN)
                .body(e.getMessage() + "\n");
    }

    /** The provider said no: its answer is passed on. */
    @ExceptionHandler
    ResponseEntity<String> refused(RestClientResponseException e) {
        return ResponseEntity.status(e.getStatusCode())
                .contentType(MediaType.APPLICATION_JSON)
                .body(e.getResponseBodyAsString());
    }
}
