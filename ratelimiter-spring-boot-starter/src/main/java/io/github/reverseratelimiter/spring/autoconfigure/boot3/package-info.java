/** What only Spring Boot 3 has. */
@NullMarked
package io.github.reverseratelimiter.spring.autoconfigure.boot3;

import org.jspecify.annotations.NullMarked;
