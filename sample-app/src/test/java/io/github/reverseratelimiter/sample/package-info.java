/** Tests of the demonstration. */
@NullMarked
package io.github.reverseratelimiter.sample;

import org.jspecify.annotations.NullMarked;
