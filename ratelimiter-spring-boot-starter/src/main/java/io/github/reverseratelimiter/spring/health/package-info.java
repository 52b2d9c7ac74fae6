/** What the limiter tells about its health. */
@NullMarked
package io.github.reverseratelimiter.spring.health;

import org.jspecify.annotations.NullMarked;
