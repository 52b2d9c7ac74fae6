package io.github.reverseratelimiter.benchmarks.startup;

/** As often as it likes. */
public class PlainCalls implements Calls {

    @Override
    public String call(String account) {
        return account;
    }
}
