package io.github.reverseratelimiter.architecture.offenders;

import io.lettuce.core.RedisClient;

public class KnowsARedisClient {

    RedisClient client;
}
