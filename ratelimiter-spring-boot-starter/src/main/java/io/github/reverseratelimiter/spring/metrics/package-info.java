/** Counts and times what the limiter does, with Micrometer. */
@NullMarked
package io.github.reverseratelimiter.spring.metrics;

import org.jspecify.annotations.NullMarked;
