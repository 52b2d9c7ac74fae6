package io.github.reverseratelimiter.spring.architecture.offenders;

import io.micrometer.context.ContextRegistry;

/** Breaks the rule that the library for context propagation stays in one class. */
public final class KnowsContextPropagation {

    ContextRegistry registry;
}
