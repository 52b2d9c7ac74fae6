package io.github.reverseratelimiter.spring.architecture.offenders.cycle;

import io.github.reverseratelimiter.spring.architecture.offenders.cycle.inner.Inner;

public class Outer {

    Inner inner;
}
