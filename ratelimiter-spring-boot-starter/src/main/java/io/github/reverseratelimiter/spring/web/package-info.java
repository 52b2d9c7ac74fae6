/** The annotation on controllers: a request that got no credit is answered with 429, for servlets and for WebFlux. */
@NullMarked
package io.github.reverseratelimiter.spring.web;

import org.jspecify.annotations.NullMarked;
