package io.github.reverseratelimiter.spring.redis;

import java.util.List;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** FAULTS row 8, with Lettuce. */
class ApplicationTrafficIT extends ApplicationTrafficContract {

    @Override
    RedisConnectionFactory factory(int port) {
        return new LettuceConnectionFactory("127.0.0.1", port);
    }

    @Override
    List<?> settings(RedisConnectionFactory factory) {
        LettuceConnectionFactory lettuce = (LettuceConnectionFactory) factory;
        return List.of(
                lettuce.getRequiredNativeClient(),
                lettuce.getRequiredNativeClient().getOptions(),
                lettuce.getClientConfiguration(),
                lettuce.getClientConfiguration().getCommandTimeout(),
                lettuce.getTimeout());
    }
}
