package io.github.reverseratelimiter.benchmarks.startup;

/** Counted by the floor's own advice, which does nothing else. */
public class CountedCalls implements Calls {

    @Override
    @Counted
    public String call(String account) {
        return account;
    }
}
