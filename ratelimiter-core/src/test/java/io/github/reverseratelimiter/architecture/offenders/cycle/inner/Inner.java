package io.github.reverseratelimiter.architecture.offenders.cycle.inner;

import io.github.reverseratelimiter.architecture.offenders.cycle.Outer;

public class Inner {

    Outer outer;
}
