/** The client application: what you would write. Nothing here knows of the demonstration around it. */
@NullMarked
package io.github.reverseratelimiter.sample.github;

import org.jspecify.annotations.NullMarked;
