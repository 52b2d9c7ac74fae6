/** Wires the limiter into a Spring Boot application; nothing here is meant to be called. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
