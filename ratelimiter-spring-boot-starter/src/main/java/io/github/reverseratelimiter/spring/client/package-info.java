/** What the clients of remote APIs tell about the calls that they made. */
@NullMarked
package io.github.reverseratelimiter.spring.client;

import org.jspecify.annotations.NullMarked;
