package io.github.reverseratelimiter.spring.architecture.offenders;

import io.micrometer.observation.ObservationRegistry;

public class KnowsMicrometer {

    ObservationRegistry registry;
}
