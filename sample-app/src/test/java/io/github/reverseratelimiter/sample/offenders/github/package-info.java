/** Stands where the client application is. */
@NullMarked
package io.github.reverseratelimiter.sample.offenders.github;

import org.jspecify.annotations.NullMarked;
