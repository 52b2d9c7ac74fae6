/** The annotation for methods of Spring beans that call out; all the rest is configured by itself. */
@NullMarked
package io.github.reverseratelimiter.spring;

import org.jspecify.annotations.NullMarked;
