package io.github.reverseratelimiter.architecture.offenders.memory;

import io.github.reverseratelimiter.redis.RedisScriptExecutor;

public class KnowsRedis {

    RedisScriptExecutor executor;
}
