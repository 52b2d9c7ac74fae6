/** Which layout of the sliding window in Redis is best: the measurements behind {@code docs/adr/0002-state-layout.md}. */
@NullMarked
package io.github.reverseratelimiter.benchmarks.layout;

import org.jspecify.annotations.NullMarked;
