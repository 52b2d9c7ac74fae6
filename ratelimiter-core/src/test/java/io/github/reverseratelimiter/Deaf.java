package io.github.reverseratelimiter;

import java.time.Duration;

/** For tests in which nobody wants to know what became of the store. */
final class Deaf implements StoreWatch.Observer {

    @Override
    public void wentAway(CreditStoreException cause) {
        // nobody wants to know
    }

    @Override
    public void cameBack(Duration away) {
        // nobody wants to know
    }

    @Override
    public void passOn() {
        // nobody wants to know
    }
}
