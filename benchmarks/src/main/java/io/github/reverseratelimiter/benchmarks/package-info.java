/** The figures that the library promises, measured beside their goals: {@code docs/benchmarks.md}. */
@NullMarked
package io.github.reverseratelimiter.benchmarks;

import org.jspecify.annotations.NullMarked;
