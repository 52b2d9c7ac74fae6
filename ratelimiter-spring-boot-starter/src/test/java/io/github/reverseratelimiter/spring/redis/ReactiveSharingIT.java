package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Subscribers of one key share trips as other callers do (issue 6). */
class ReactiveSharingIT {

    private static final int SUBSCRIBERS = 2_000;
    private static final Pattern EVALSHA = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    private final RedisServer server = RedisServer.start();
    private final LettuceScriptExecutor probe = server.executor();

    @AfterEach
    void stop() {
        probe.close();
        server.close();
    }

    static List<Function<Client, Publisher<String>>> kinds() {
        return List.of(Client::mono, Client::flux);
    }

    /**
     * Redis stands still while they subscribe; so it does not matter how fast that is. On a busy machine Redis seems far away; then 256 of
     * them may go alone.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void manyAtOnceMakeFewTrips(Function<Client, Publisher<String>> kind) {
        Contexts.redis(server)
                .withPropertyValues("reverse-rate-limiter.margin=1h", "reverse-rate-limiter.store-timeout=5s")
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    Flux.from(kind.apply(client)).blockLast();
                    long before = trips();
                    probe.commands().clientPause(300);

                    List<String> answers = Flux.range(0, SUBSCRIBERS)
                            .flatMap(number -> kind.apply(client), SUBSCRIBERS)
                            .collectList()
                            .block(Duration.ofSeconds(20));

                    assertThat(answers).hasSize(SUBSCRIBERS).containsOnly("called");
                    assertThat(trips() - before).isBetween(2L, SUBSCRIBERS / 4L);
                });
    }

    private long trips() {
        Matcher matcher = EVALSHA.matcher(probe.commands().info("commandstats"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 1_000_000, window = "1h")
        public Mono<String> mono() {
            return Mono.just("called");
        }

        @ReverseRateLimited(key = "'acme'", limit = 1_000_000, window = "1h")
        public Flux<String> flux() {
            return Flux.just("called");
        }
    }
}
