package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.util.concurrent.CompletionStage;

/** The port to a Redis client: run this script with this key and this argument. */
public interface RedisScriptExecutor extends AutoCloseable {

    /**
     * Runs the script by EVALSHA, and by EVAL where the server does not know it (NOSCRIPT). Never waits. The stage fails
     * with {@link CreditStoreMisconfiguredException} where Redis refuses for a reason that will not go away by itself,
     * else with {@link CreditStoreException}.
     *
     * @return the bytes the script answered
     */
    CompletionStage<byte[]> execute(RedisScript script, byte[] key, byte[] argument);

    @Override
    void close();
}
