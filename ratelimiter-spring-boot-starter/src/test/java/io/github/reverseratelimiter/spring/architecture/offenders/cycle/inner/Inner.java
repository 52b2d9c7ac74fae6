package io.github.reverseratelimiter.spring.architecture.offenders.cycle.inner;

import io.github.reverseratelimiter.spring.architecture.offenders.cycle.Outer;

public class Inner {

    Outer outer;
}
