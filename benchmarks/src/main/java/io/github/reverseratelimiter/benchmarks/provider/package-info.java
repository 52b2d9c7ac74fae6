/** A provider of several kinds over real HTTP, and what it sees of limiters: {@code docs/at-the-provider.md}. */
@NullMarked
package io.github.reverseratelimiter.benchmarks.provider;

import org.jspecify.annotations.NullMarked;
