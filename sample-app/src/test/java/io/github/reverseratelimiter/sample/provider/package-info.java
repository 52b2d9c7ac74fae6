/** Tests of the provider. */
@NullMarked
package io.github.reverseratelimiter.sample.provider;

import org.jspecify.annotations.NullMarked;
