package io.github.reverseratelimiter.architecture.offenders.redis;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;

public class KnowsMemory {

    InMemoryCreditStore store;
}
