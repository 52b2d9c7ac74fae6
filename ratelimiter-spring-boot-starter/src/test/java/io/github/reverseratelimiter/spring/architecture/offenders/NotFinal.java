package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.boot.autoconfigure.AutoConfiguration;

@AutoConfiguration
public class NotFinal {}
