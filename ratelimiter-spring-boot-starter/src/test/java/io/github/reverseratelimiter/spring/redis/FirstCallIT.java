package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Jvm;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.spring.redis.Reasons.Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The very first call of an application ends in its time too, though nothing of what it needs is loaded yet. */
class FirstCallIT {

    static Stream<Arguments> cells() {
        return Client.each(
                Trouble.KILLED, Trouble.FROZEN_AT_THE_START, Trouble.FROZEN, Trouble.BLACK_HOLE, Trouble.STALLED);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void endsInItsTime(Client client, Trouble trouble) throws IOException {
        try (FragileRedis redis = FragileRedis.start();
                Proxy proxy = Proxy.to(redis.port());
                Stalls stalls = new Stalls()) {
            if (trouble.first) {
                trouble.begin(redis, proxy);
            }
            Process process = Jvm.usual(FirstCallProcess.class, Integer.toString(proxy.port()), client.toString())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
                hear(said, "ready");
                if (!trouble.first) {
                    trouble.begin(redis, proxy);
                }
                List<Long> stalled = stalls.mark();
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
                String[] took = hear(said, "took").split(" ", 3);

                assertThat(took[2]).isEqualTo("UndecidedCallException");
                assertThat(Duration.ofNanos(Long.parseLong(took[1]) * 1_000).minus(stalls.since(stalled)))
                        .isLessThan(OutageContract.IN_TIME_ON_A_BUSY_MACHINE);
                trouble.end(redis, proxy);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static String hear(BufferedReader said, String beginning) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new IllegalStateException("the process has ended without '" + beginning + "'");
    }
}
