package io.github.reverseratelimiter.spring.redis;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/** FAULTS rows 2, 3 and 6 for those who listen, with Jedis. */
class JedisSubscriptionIT extends SubscriptionContract {

    @Override
    RedisConnectionFactory factory(int port, String user) {
        return new JedisConnectionFactory(
                SubscriptionIT.settings(port, user),
                JedisClientConfiguration.builder()
                        .usePooling()
                        .poolConfig(new JedisPoolConfig())
                        .build());
    }

    @Override
    int connections() {
        return 8;
    }

    @ParameterizedTest
    @EnumSource(names = {"KILLED", "FROZEN", "BLACK_HOLE"})
    void hearsAgainWithinASecond(Trouble trouble) throws InterruptedException {
        hearsAgainAfter(trouble);
    }
}
