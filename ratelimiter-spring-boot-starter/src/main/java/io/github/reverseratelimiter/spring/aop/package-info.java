/** From the annotation to the call: read once into a limited operation, found again by the interceptor. */
@NullMarked
package io.github.reverseratelimiter.spring.aop;

import org.jspecify.annotations.NullMarked;
