package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.redis.EarlierScript;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * FAULTS row 32: two versions of the script, each at random, on the random lives of a key that {@link ModelIT} knows. Each
 * reads what the other wrote, and both answer as the model says.
 */
class TwoVersionsIT {

    private static final long SEED = Long.getLong("model.seed", 32_000_000L);
    private static final int OPERATIONS = 20_000;

    @Test
    void eachContinuesWhatTheOtherWrote() {
        try (RedisClient client = RedisClient.create(RedisServer.shared().uri())) {
            RedisSubject both = new RedisSubject(
                    client.connect(ByteArrayCodec.INSTANCE),
                    RedisCreditStore.script().body(),
                    EarlierScript.body());
            long operations = 0;
            long granted = 0;
            Long only = Long.getLong("model.scenario");
            for (long seed = only == null ? SEED : only; operations < OPERATIONS; seed++) {
                Scenario scenario = new Scenario(seed, both);
                scenario.run(seed % 4 == 0 ? 800 : 100);
                operations += scenario.operations();
                granted += scenario.model().granted();
            }

            System.out.println("two versions, seed " + SEED + ": " + operations + " operations, " + granted
                    + " credits granted, runs of each " + Arrays.toString(both.runs()));
            assertThat(Arrays.stream(both.runs()).min().orElseThrow()).isGreaterThan(OPERATIONS / 3);
        }
    }
}
