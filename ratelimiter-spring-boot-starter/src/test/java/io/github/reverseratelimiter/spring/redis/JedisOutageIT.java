package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.Proxy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.JedisPoolConfig;

/**
 * FAULTS rows 1 to 4 and 54, with Jedis as Spring Boot sets it up: a pool of eight, whose connections block for two
 * seconds when Redis does not answer.
 */
class JedisOutageIT extends OutageContract {

    private static final int POOL = 8;

    @BeforeAll
    static void loadClasses() {
        loadClasses(new JedisOutageIT());
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return asSpringBootDoes(port);
    }

    static JedisConnectionFactory asSpringBootDoes(int port) {
        return new JedisConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                JedisClientConfiguration.builder()
                        .usePooling()
                        .poolConfig(new JedisPoolConfig())
                        .build());
    }

    @Override
    int mostConnections() {
        return POOL;
    }

    /** One for each connection, and one that opens them. */
    @Override
    int mostThreads() {
        return POOL + 1;
    }

    @Override
    int callsEach() {
        return 4;
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED_AT_THE_START", "KILLED", "FROZEN", "BLACK_HOLE", "BUSY"})
    void everyDecisionEndsInItsTime(Trouble trouble) {
        endsInTime(trouble);
    }

    @Test
    void aCallerThatIsAloneIsNotTheProbeEachTime() {
        answersAtOnceWhoIsAlone(OutageContract::sync);
    }

    /** Though all eight connections have begun to hang a moment before. */
    @Test
    void usesRedisAgainAsSoonAsItIsBack() {
        begin(Trouble.BLACK_HOLE);
        ask(MANY, OutageContract::async);

        Trouble.BLACK_HOLE.end(redis, proxy);
        comesBack();
    }

    @ParameterizedTest
    @EnumSource(names = {"FROZEN", "STALLED"})
    void chargesNothingForCallsThatWereToldItFailed(Trouble trouble) {
        chargesNothingForWhatFailed(trouble);
    }

    @Test
    void chargesNothingForCallsThatArriveTooLate() {
        chargesNothingForWhatIsSlow();
    }

    @ParameterizedTest
    @EnumSource
    void chargesOnceWhatItNeverHeardOf(Proxy.Cut cut) {
        chargesOnceWhatIsUnheardOf(cut);
    }
}
