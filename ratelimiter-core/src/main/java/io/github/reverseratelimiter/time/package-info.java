/** The only package that reads a clock or sleeps. Everything else is handed a time source, and so can be tested. */
@NullMarked
package io.github.reverseratelimiter.time;

import org.jspecify.annotations.NullMarked;
