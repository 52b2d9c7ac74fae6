/** Wires the answers to denied requests into a web application; nothing here is meant to be called. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
