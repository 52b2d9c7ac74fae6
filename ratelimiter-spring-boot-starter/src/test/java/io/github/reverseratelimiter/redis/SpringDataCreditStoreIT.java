package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreContract;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import io.github.reverseratelimiter.time.ManualTime;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The store over Spring Data Redis keeps the contract of every store. */
class SpringDataCreditStoreIT extends CreditStoreContract {

    private static LettuceConnectionFactory factory;

    @BeforeAll
    static void connect() {
        URI uri = URI.create(RedisServer.shared().uri());
        factory = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
        factory.start();
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    /** The connections it is tried on. */
    RedisConnectionFactory connections() {
        return factory;
    }

    static RedisConnectionFactory lettuce() {
        return factory;
    }

    @Override
    protected CreditStore store(ManualTime time) {
        return new RedisCreditStore(
                new SpringDataRedisScriptExecutor(connections(), Duration.ofSeconds(10)),
                "spring-it:",
                time,
                time::micros);
    }
}
