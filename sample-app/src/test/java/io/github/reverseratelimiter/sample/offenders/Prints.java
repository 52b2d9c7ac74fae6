package io.github.reverseratelimiter.sample.offenders;

/** A class that prints past the console. */
public final class Prints {

    private Prints() {}

    /** Prints. */
    public static void hello() {
        System.out.println("hello");
    }
}
