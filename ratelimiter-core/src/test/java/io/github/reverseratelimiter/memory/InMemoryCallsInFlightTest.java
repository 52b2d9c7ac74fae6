package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CallsInFlightContract;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.time.ManualTime;

class InMemoryCallsInFlightTest extends CallsInFlightContract {

    @Override
    protected CreditStore store(ManualTime time) {
        return new InMemoryCreditStore(time);
    }
}
