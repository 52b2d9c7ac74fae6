package io.github.reverseratelimiter.spring.architecture.offenders;

import reactor.core.publisher.Mono;

/** Breaks the rule that Reactor stays in one class. */
public final class KnowsReactor {

    Mono<String> mono;
}
