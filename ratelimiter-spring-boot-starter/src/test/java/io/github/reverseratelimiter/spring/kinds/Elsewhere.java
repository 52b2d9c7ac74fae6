package io.github.reverseratelimiter.spring.kinds;

import io.github.reverseratelimiter.spring.WithAPackagePrivateMethod;

/** In another package than the method that it inherits. */
public class Elsewhere extends WithAPackagePrivateMethod {}
