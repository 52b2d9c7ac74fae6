/** Keeps the endpoints of the actuator from showing what is secret. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
