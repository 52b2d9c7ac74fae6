package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.util.concurrent.CompletionStage;

/** The port to a Redis client: run this script with these keys, and an argument for each. */
public interface RedisScriptExecutor extends AutoCloseable {

    /**
     * Runs the script by EVALSHA, and by EVAL where the server does not know it (NOSCRIPT). Never waits. The stage fails
     * with {@link CreditStoreMisconfiguredException} where Redis refuses for a reason that will not go away by itself,
     * else with {@link CreditStoreException}: where the reply begins with RRLFORMAT, for the reason
     * {@link CreditStoreException.Reason#FORMAT}.
     *
     * @return the bytes the script answered
     */
    CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments);

    /** Where the server keeps keys, as far as this is known without asking it. */
    default Placement placement() {
        return Placement.TOGETHER;
    }

    /** Where a server keeps keys. */
    enum Placement {
        /** One node holds all of them, or nobody knows. */
        TOGETHER,
        /** A cluster: a script reaches only keys of one slot. */
        BY_SLOT
    }

    @Override
    void close();
}
