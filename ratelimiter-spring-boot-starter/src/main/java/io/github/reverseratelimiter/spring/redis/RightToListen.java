package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException.Reason;
import java.util.concurrent.atomic.AtomicBoolean;

/** Says once if Redis lets nobody listen; and tries on, for rights can be given later. */
final class RightToListen implements Connector<Opened> {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());

    private final Connector<Opened> connector;
    private final AtomicBoolean told = new AtomicBoolean();

    RightToListen(Connector<Opened> connector) {
        this.connector = connector;
    }

    @Override
    public Opened open() {
        try {
            return connector.open();
        } catch (RuntimeException e) {
            if (RedisFailures.translate(e).reason() == Reason.ACCESS && !told.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Redis does not let this user listen, so those who wait for a call to end cannot be told when it has:"
                                + " they go on, but later than they might; give the user the rights"
                                + " +publish +subscribe &rrl:called:*");
            }
            throw e;
        }
    }

    @Override
    public void close() {
        connector.close();
    }
}
