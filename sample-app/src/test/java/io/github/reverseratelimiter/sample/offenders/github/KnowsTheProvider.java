package io.github.reverseratelimiter.sample.offenders.github;

import io.github.reverseratelimiter.sample.provider.Provider;

/** A client that knows how the other side is written. */
public record KnowsTheProvider(Provider provider) {}
