package io.github.reverseratelimiter.architecture.offenders;

import java.time.Instant;

public class ReadsTheClock {

    Instant now() {
        return Instant.now();
    }
}
