package io.github.reverseratelimiter.spring.share;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One call, as it came to the provider; times in microseconds by the clock of this machine, which all processes share.
 *
 * @param asked when the caller asked the limiter for the credit; it was granted between that and the arrival
 * @param local whether an instance granted it alone
 */
record Arrival(String instance, long asked, long at, boolean local) {

    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
