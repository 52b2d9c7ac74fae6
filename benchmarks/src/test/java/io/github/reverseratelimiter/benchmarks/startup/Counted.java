package io.github.reverseratelimiter.benchmarks.startup;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Calls of this method are counted. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Counted {}
