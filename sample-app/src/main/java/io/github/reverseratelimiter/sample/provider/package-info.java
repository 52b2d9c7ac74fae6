/** Somebody else's API: strict, and not in the least interested in how its callers keep to the quota. */
@NullMarked
package io.github.reverseratelimiter.sample.provider;

import org.jspecify.annotations.NullMarked;
