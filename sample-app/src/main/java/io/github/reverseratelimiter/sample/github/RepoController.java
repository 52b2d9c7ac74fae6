package io.github.reverseratelimiter.sample.github;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import jakarta.servlet.http.HttpServletRequest;
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

    private final GitHubApi provider;

    RepoController(GitHubApi provider) {
        this.provider = provider;
    }

    /** Who asks too often is answered 429. If the limiter of the provider says no, the visitor learns when to come back. */
    @GetMapping(path = "/repos/{account}", produces = MediaType.APPLICATION_JSON_VALUE)
    @ReverseRateLimited(name = "visitors", key = "#request.remoteAddr", limit = 100, window = "10s")
    ResponseEntity<String> repos(@PathVariable("account") String account, HttpServletRequest request) {
        try {
            return ResponseEntity.ok(provider.repos(account));
        } catch (RateLimitExceededException e) {
            return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .header(
                            HttpHeaders.RETRY_AFTER,
                            String.valueOf(e.retryAfter().plusMillis(999).toSeconds()))
                    .contentType(MediaType.TEXT_PLAIN)
                    .body(e.getMessage() + "\n");
        }
    }

    /** The provider said no: its answer is passed on. */
    @ExceptionHandler
    ResponseEntity<String> refused(RestClientResponseException e) {
        return ResponseEntity.status(e.getStatusCode())
                .contentType(MediaType.APPLICATION_JSON)
                .body(e.getResponseBodyAsString());
    }
}
