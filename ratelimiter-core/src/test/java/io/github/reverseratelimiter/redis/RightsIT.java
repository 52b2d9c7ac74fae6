package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rights that docs/redis.md names are enough for all that the limiter does. */
class RightsIT {

    private static final Pattern RULE = Pattern.compile("ACL SETUSER app (~rrl:.*)");
    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofMillis(100));
    private static final RateLimit MANY = RateLimit.of(1_000, Duration.ofHours(1));

    @Test
    void theRightsThatTheDocsNameAreEnough() throws IOException {
        try (RedisServer server = RedisServer.start();
                LettuceScriptExecutor admin = server.executor()) {
            admin.allow(rights());
            RedisURI uri = RedisURI.create(server.uri().replace("redis://", "redis://app:secret@"));
            RedisClient client = RedisClient.create(uri);

            try (ReverseRateLimiter limiter = ReverseRateLimiter.create(new RedisCreditStore(
                    new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE)), "rrl:"))) {
                CreditRequest request = CreditRequest.of("acme", FIVE, MANY).maxWait(Duration.ofSeconds(10));
                for (int i = 0; i < 20; i++) {
                    assertThat(limiter.acquire(request)).isInstanceOf(Acquisition.Granted.class);
                }
                assertThat(limiter.acquireAll(
                                List.of(CreditRequest.of("account", MANY), CreditRequest.of("all", FIVE, MANY))))
                        .isInstanceOf(Acquisition.Granted.class);
                Acquisition one = limiter.tryAcquire("other", MANY);
                assertThat(limiter.refund((Acquisition.Granted) one).join()).isEqualTo(1);
                limiter.pause(new CreditKey("", "paused"), Duration.ofSeconds(1))
                        .join();
                assertThat(limiter.tryAcquire("paused", MANY)).isInstanceOf(Acquisition.Denied.class);
            }
        }
    }

    private static String[] rights() throws IOException {
        Matcher rule = RULE.matcher(Files.readString(Path.of("../docs/redis.md")));
        assertThat(rule.find()).isTrue();
        return ("reset on >secret " + rule.group(1).trim()).split(" ");
    }
}
