/** Classes that break the rules of the architecture, so that it can be seen that the rules catch them. */
@NullMarked
package io.github.reverseratelimiter.sample.offenders;

import org.jspecify.annotations.NullMarked;
