package io.github.reverseratelimiter.sample.offenders;

import io.github.reverseratelimiter.redis.RedisScriptExecutor;

/** A sample that uses what users are not meant to use. */
public record KnowsTheRedisPort(RedisScriptExecutor executor) {}
