package io.github.reverseratelimiter.spring;

/** A class whose subclasses in other packages inherit a limited method that they cannot override. */
public class WithAPackagePrivateMethod {

    @ReverseRateLimited(window = "1h", limit = 2)
    void call() {}
}
