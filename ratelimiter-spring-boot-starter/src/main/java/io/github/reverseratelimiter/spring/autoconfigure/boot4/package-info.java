/** What only Spring Boot 4 has. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure.boot4;

import org.jspecify.annotations.NullMarked;
