package io.github.reverseratelimiter.spring
