/** Credits counted in the memory of one JVM: for one instance, and for tests. */
@NullMarked
package io.github.reverseratelimiter.memory;

import org.jspecify.annotations.NullMarked;
