package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

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

    /**
     * Hears what is published on this channel, from soon on and until this executor is closed. Never waits, never fails:
     * while Redis cannot be reached, or lets nobody listen, nothing is heard, and what was published meanwhile is lost.
     * An executor that cannot listen does nothing; those who wait are then slower to notice that they may go on.
     *
     * @param listener called on threads of the client: must not wait
     */
    default void subscribe(String channel, Consumer<byte[]> listener) {}

    /**
     * Tells, from now on, whenever a connection was opened, the first one too. An executor that does not know does nothing; that Redis is back
     * is then noticed a little later.
     *
     * @param listener called on threads of the client: must not wait
     */
    default void whenOpened(Runnable listener) {}

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
