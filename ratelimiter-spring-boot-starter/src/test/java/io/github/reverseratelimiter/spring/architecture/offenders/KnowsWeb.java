package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.http.HttpStatus;

public class KnowsWeb {

    HttpStatus status;
}
