package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** FAULTS rows 1 to 4, 6, 20 and 54, with Lettuce as Spring Boot sets it up: commands time out after a minute. */
class OutageIT extends OutageContract {

    @BeforeAll
    static void loadClasses() {
        loadClasses(new OutageIT());
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return new LettuceConnectionFactory("127.0.0.1", port);
    }

    @Override
    int mostConnections() {
        return 1;
    }

    @Override
    int mostThreads() {
        return 1;
    }

    @Override
    int callsEach() {
        return 2;
    }

    @ParameterizedTest
    @EnumSource
    void everyDecisionEndsInItsTime(Trouble trouble) {
        endsInTime(trouble);
    }

    @Test
    void aCallerThatIsAloneIsNotTheProbeEachTime() {
        answersAtOnceWhoIsAlone(OutageContract::sync);
    }

    @Test
    void anAsynchronousCallerThatIsAloneIsNotTheProbeEachTime() {
        answersAtOnceWhoIsAlone(OutageContract::async);
    }

    @Test
    void giveUpAttemptsThatHang() {
        begin(Trouble.BLACK_HOLE_AT_THE_START);
        for (int i = 0; i < 12; i++) {
            ask(MANY, OutageContract::async);

            assertThat(proxy.connections()).isLessThanOrEqualTo(2);
        }
    }

    /** It hangs for as long as an attempt may. */
    @Test
    void comesBackInTimeWhereTheWayIsThereAgainJustAfterAnAttemptHasBegun() {
        begin(Trouble.BLACK_HOLE);
        int before = proxy.attempts();
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            var unused = async(limiter);
            return proxy.attempts() > before;
        });
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
