package io.github.reverseratelimiter.architecture.offenders.cycle;

import io.github.reverseratelimiter.architecture.offenders.cycle.inner.Inner;

public class Outer {

    Inner inner;
}
