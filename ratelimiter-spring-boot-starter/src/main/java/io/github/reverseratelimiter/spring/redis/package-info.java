/** Runs the limiter's script over the application's own Redis settings, by Spring Data Redis. */
@NullMarked
package io.github.reverseratelimiter.spring.redis;

import org.jspecify.annotations.NullMarked;
