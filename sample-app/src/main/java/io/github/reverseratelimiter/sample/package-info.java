/**
 * The demonstration: a strict provider, a Redis and four instances of the client application, under load.
 *
 * <p>What an application of yours would look like is in {@code github} and in {@code application.yml}; the rest of this
 * package only starts it, keeps it busy and counts.
 */
@NullMarked
package io.github.reverseratelimiter.sample;

import org.jspecify.annotations.NullMarked;
