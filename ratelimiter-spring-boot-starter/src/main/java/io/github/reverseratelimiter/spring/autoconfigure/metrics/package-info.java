/** Wires the meters into an application that has Micrometer; nothing here is meant to be called. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
