package io.github.reverseratelimiter.spring.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The same by Jedis. */
class JedisOutageFigures extends OutageFigures {

    @Override
    String client() {
        return "jedis";
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return JedisOutageIT.asSpringBootDoes(port);
    }
}
