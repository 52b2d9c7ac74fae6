package io.github.reverseratelimiter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Passes on that the store went away or came back: to this instance's share, to the listeners, and to what learns from calls.
 *
 * @param learning told of both
 */
record Notice(Listeners listeners, @Nullable Shares shares, Runnable learning) implements StoreWatch.Observer {

    @Override
    public void wentAway(CreditStoreException cause) {
        learning.run();
        listeners.storeWentAway(cause);
    }

    @Override
    public void cameBack(Duration away) {
        if (shares != null) {
            shares.storeCameBack();
        }
        learning.run();
        listeners.storeCameBack(away);
    }

    @Override
    public void passOn() {
        listeners.tellOfTheStore();
    }
}
