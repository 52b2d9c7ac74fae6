package io.github.reverseratelimiter.sample.github;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application that calls somebody else's API; the demonstration starts several instances of it. */
@SpringBootApplication
public class GitHubApplication {}
