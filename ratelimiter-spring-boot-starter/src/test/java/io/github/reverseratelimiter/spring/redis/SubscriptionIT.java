package io.github.reverseratelimiter.spring.redis;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** FAULTS rows 2, 3 and 6 for those who listen, with Lettuce. */
class SubscriptionIT extends SubscriptionContract {

    @Override
    RedisConnectionFactory factory(int port, String user) {
        return new LettuceConnectionFactory(settings(port, user));
    }

    static RedisStandaloneConfiguration settings(int port, String user) {
        RedisStandaloneConfiguration settings = new RedisStandaloneConfiguration("127.0.0.1", port);
        settings.setUsername(user);
        settings.setPassword(RedisPassword.of("secret"));
        return settings;
    }

    @Override
    int connections() {
        return 1;
    }

    @ParameterizedTest
    @EnumSource(names = {"KILLED", "FROZEN", "BLACK_HOLE", "CUT_AND_REFUSED"})
    void hearsAgainWithinASecond(Trouble trouble) throws InterruptedException {
        hearsAgainAfter(trouble);
    }
}
