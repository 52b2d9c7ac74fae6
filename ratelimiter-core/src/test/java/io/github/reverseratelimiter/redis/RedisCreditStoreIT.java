package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreContract;
import io.github.reverseratelimiter.time.ManualTime;
import java.util.HexFormat;
import java.util.Optional;

class RedisCreditStoreIT extends CreditStoreContract {

    private final LettuceScriptExecutor executor = RedisServer.shared().executor();

    @Override
    protected CreditStore store(ManualTime time) {
        return new RedisCreditStore(executor, "it:", time, time::micros);
    }

    @Override
    protected Optional<String> state(CreditKey key) {
        byte[] name = new RedisKeys("it:").name(key);
        return Optional.of(HexFormat.of().formatHex(executor.commands().get(name)));
    }

    @Override
    protected void inspect(CreditKey key) {
        byte[] name = new RedisKeys("it:").name(key);
        assertThat(executor.commands().pttl(name)).isNotEqualTo(-1L);
    }
}
