package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** On a cluster, credits of several keys are taken together where all keys carry one hash tag; else it is refused. */
class SeveralKeysOnAClusterIT {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofHours(1));
    private static final List<CreditRequest> BOTH =
            List.of(CreditRequest.of("acme", FIVE), CreditRequest.of("all", FIVE));

    private static RedisServer node;
    private static LettuceConnectionFactory cluster;
    private static LettuceConnectionFactory alone;

    @BeforeAll
    static void connect() {
        node = ClusterNode.start();
        URI uri = URI.create(node.uri());
        cluster = new LettuceConnectionFactory(new RedisClusterConfiguration(List.of(uri.getAuthority())));
        cluster.start();
        alone = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
        alone.start();
    }

    @AfterAll
    static void disconnect() {
        cluster.destroy();
        alone.destroy();
        node.close();
    }

    private static RedisCreditStore store(RedisConnectionFactory factory, String prefix, String hashTag) {
        return new RedisCreditStore(
                new SpringDataRedisScriptExecutor(factory, Duration.ofSeconds(10)), prefix, hashTag);
    }

    private static ReverseRateLimiter limiter(RedisCreditStore store) {
        return ReverseRateLimiter.builder(store)
                .storeTimeout(Duration.ofSeconds(10))
                .build();
    }

    @Test
    void withoutAHashTagItIsRefused() {
        RedisCreditStore store = store(cluster, "none:", "");
        try (ReverseRateLimiter limiter = limiter(store)) {
            assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(store::checkSeveralKeys)
                    .withMessageEndingWith("set reverse-rate-limiter.hash-tag");
            assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(() -> limiter.acquireAll(BOTH))
                    .withMessageEndingWith("set reverse-rate-limiter.hash-tag");
            assertThat(limiter.acquire(BOTH.get(0)).remaining()).isEqualTo(4);
        }
    }

    @Test
    void withAHashTagAllAreTakenTogether() {
        RedisCreditStore store = store(cluster, "tagged:", "app");
        try (ReverseRateLimiter limiter = limiter(store)) {
            assertThatCode(store::checkSeveralKeys).doesNotThrowAnyException();
            assertThat(limiter.acquireAll(BOTH)).isInstanceOf(Acquisition.Granted.class);
            assertThat(limiter.acquire(BOTH.get(1)).remaining()).isEqualTo(3);
        }
    }

    @Test
    void aHashTagInThePrefixIsAsGood() {
        try (ReverseRateLimiter limiter = limiter(store(cluster, "{prefix}:", ""))) {
            assertThat(limiter.acquireAll(BOTH)).isInstanceOf(Acquisition.Granted.class);
        }
    }

    @Test
    void aNodeThatTurnsOutToBeOneOfAClusterIsToldOf() {
        RedisCreditStore store = store(alone, "alone:", "");
        try (ReverseRateLimiter limiter = limiter(store)) {
            assertThatCode(store::checkSeveralKeys).doesNotThrowAnyException();
            assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(() -> limiter.acquireAll(BOTH))
                    .withMessageContaining("CROSSSLOT")
                    .withMessageEndingWith("set reverse-rate-limiter.hash-tag");
        }
    }

    @Test
    void anAnnotatedMethodOfSeveralKeysStopsTheStartWithoutAHashTag() {
        ApplicationContextRunner application = Contexts.redis()
                .withPropertyValues("spring.data.redis.cluster.nodes="
                        + URI.create(node.uri()).getAuthority());

        application
                .withBean(Several.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("Several.call(String)")
                        .hasStackTraceContaining("set reverse-rate-limiter.hash-tag"));
        application.withBean(OneKey.class).run(context -> assertThat(context).hasNotFailed());
        application
                .withPropertyValues("reverse-rate-limiter.hash-tag=app")
                .withBean(Several.class)
                .run(context ->
                        assertThat(context.getBean(Several.class).call("acme")).isEqualTo("acme"));
    }

    static class Several {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1h")
        @ReverseRateLimited(key = "'all'", limit = 50, window = "1h")
        public String call(String account) {
            return account;
        }
    }

    static class OneKey {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1m")
        @ReverseRateLimited(key = "#account", limit = 50, window = "1h")
        public String call(String account) {
            return account;
        }
    }
}
