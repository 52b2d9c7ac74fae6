/** One tiny class that offends nobody. */
@NullMarked
package io.github.reverseratelimiter;

import org.jspecify.annotations.NullMarked;
