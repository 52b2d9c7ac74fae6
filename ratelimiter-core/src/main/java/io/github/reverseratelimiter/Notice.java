package io.github.reverseratelimiter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Passes on that the store went away or came back: to this instance's share, and to the listeners. */
record Notice(Listeners listeners, @Nullable Shares shares) implements StoreWatch.Observer {

    @Override
    public void wentAway(CreditStoreException cause) {
        listeners.storeWentAway(cause);
    }

    @Override
    public void cameBack(Duration away) {
        if (shares != null) {
            shares.storeCameBack();
        }
        listeners.storeCameBack(away);
    }

    @Override
    public void passOn() {
        listeners.tellOfTheStore();
    }
}
