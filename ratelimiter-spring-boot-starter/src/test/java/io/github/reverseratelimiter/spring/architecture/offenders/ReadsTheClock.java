package io.github.reverseratelimiter.spring.architecture.offenders;

public class ReadsTheClock {

    long now() {
        return System.currentTimeMillis();
    }
}
