package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreContract;
import io.github.reverseratelimiter.time.ManualTime;

class InMemoryCreditStoreTest extends CreditStoreContract {

    @Override
    protected CreditStore store(ManualTime time) {
        return new InMemoryCreditStore(time);
    }
}
