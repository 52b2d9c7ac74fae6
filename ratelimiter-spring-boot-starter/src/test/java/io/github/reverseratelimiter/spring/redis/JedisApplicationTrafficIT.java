package io.github.reverseratelimiter.spring.redis;

import java.util.List;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** FAULTS row 8, with Jedis. */
class JedisApplicationTrafficIT extends ApplicationTrafficContract {

    @Override
    RedisConnectionFactory factory(int port) {
        return JedisOutageIT.asSpringBootDoes(port);
    }

    @Override
    List<?> settings(RedisConnectionFactory factory) {
        JedisConnectionFactory jedis = (JedisConnectionFactory) factory;
        return List.of(
                jedis.getClientConfiguration(),
                jedis.getClientConfiguration().getConnectTimeout(),
                jedis.getClientConfiguration().getReadTimeout(),
                jedis.getPoolConfig(),
                jedis.getPoolConfig().getMaxTotal());
    }
}
