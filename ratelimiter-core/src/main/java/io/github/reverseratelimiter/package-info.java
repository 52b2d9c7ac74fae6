/**
 * A reverse rate limiter: many instances of an application share one sliding window of credits, and so stay inside
 * somebody else's API quota.
 *
 * <p>Before each outbound call, take a credit of a {@code key} (the account in whose name the call is made) from a
 * {@link io.github.reverseratelimiter.RateLimit} (so many credits per window). The credits are counted in a
 * {@link io.github.reverseratelimiter.CreditStore}: in Redis for many instances, in memory for one.
 * {@link io.github.reverseratelimiter.ReverseRateLimiter} asks once ({@code tryAcquire}) or waits ({@code acquire});
 * the answer is an {@link io.github.reverseratelimiter.Acquisition}: granted or denied, never a number to be guessed at.
 *
 * <p>The store never polls: it answers <em>when</em> the credit is the caller's, and having answered it has written
 * that time down, which is the caller's place in the line. The caller sleeps until then. For any two grants
 * {@code limit} apart, the later one is at least one window after the earlier: that is the whole algorithm
 * (docs/design.md).
 */
@NullMarked
package io.github.reverseratelimiter;

import org.jspecify.annotations.NullMarked;
