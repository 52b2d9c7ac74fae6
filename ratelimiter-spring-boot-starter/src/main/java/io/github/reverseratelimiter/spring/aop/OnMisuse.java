package io.github.reverseratelimiter.spring.aop;

/** What is done about an annotation that is allowed, and seldom right: a method that a bean calls on itself. */
public enum OnMisuse {
    /** It is logged at the start, once. */
    WARN,
    /** It stops the start. */
    FAIL,
    /** Nothing. */
    IGNORE
}
