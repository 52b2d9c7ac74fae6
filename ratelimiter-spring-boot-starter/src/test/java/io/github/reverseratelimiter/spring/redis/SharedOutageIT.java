package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.Proxy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * FAULTS rows 2 to 4, over the application's own connection: of a list of servers, or with {@code read-from}. When it comes
 * back is Lettuce's affair.
 */
class SharedOutageIT extends OutageContract {

    @BeforeAll
    static void loadClasses() {
        loadClasses(new SharedOutageIT());
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return new LettuceConnectionFactory(
                new RedisStaticMasterReplicaConfiguration("127.0.0.1", port),
                LettuceClientConfiguration.defaultConfiguration());
    }

    @Override
    int mostConnections() {
        return 2;
    }

    /** All take the same one. */
    @Override
    int connectionsOfTwoTrips() {
        return 1;
    }

    @Override
    int mostThreads() {
        return 1;
    }

    @Override
    int callsEach() {
        return 4;
    }

    @ParameterizedTest
    @EnumSource(names = {"KILLED", "FROZEN", "BLACK_HOLE"})
    void everyDecisionEndsInItsTime(Trouble trouble) {
        decidesInTimeDuring(trouble);
    }

    @ParameterizedTest
    @EnumSource(names = {"FROZEN", "STALLED"})
    void chargesNothingForCallsThatWereToldItFailed(Trouble trouble) {
        chargesNothingForWhatFailed(trouble);
    }

    /** This connection sends again what was not answered. */
    @ParameterizedTest
    @EnumSource
    void chargesOnceWhatItNeverHeardOf(Proxy.Cut cut) {
        chargesOnceWhatIsUnheardOf(cut);
    }
}
