package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.data.redis.core.StringRedisTemplate;

public class KnowsRedis {

    StringRedisTemplate template;
}
