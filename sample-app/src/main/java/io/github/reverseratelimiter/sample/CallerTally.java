package io.github.reverseratelimiter.sample;

import java.time.Duration;
import java.util.List;

/**
 * What one caller saw.
 *
 * @param instance whose caller it is
 * @param refused calls answered with 429
 * @param denied times the limiter said no, so that no call was made
 * @param waits of each call made, from asking for a credit to the provider's answer
 * @param failures anything else that went wrong
 */
record CallerTally(int instance, int refused, int denied, List<Duration> waits, List<String> failures) {

    /** Calls made. */
    int calls() {
        return waits.size();
    }
}
