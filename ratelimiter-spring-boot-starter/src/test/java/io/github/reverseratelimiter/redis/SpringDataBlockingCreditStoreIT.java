package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.spring.redis.BlockingFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The same on a client that blocks. */
class SpringDataBlockingCreditStoreIT extends SpringDataCreditStoreIT {

    @Override
    RedisConnectionFactory connections() {
        return BlockingFactory.of(lettuce());
    }
}
