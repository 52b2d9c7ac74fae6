/** What a decision costs under load, beside what the peers cost: calls a second, latency, trips, CPU, bytes, waits. */
@NullMarked
package io.github.reverseratelimiter.benchmarks.load;

import org.jspecify.annotations.NullMarked;
