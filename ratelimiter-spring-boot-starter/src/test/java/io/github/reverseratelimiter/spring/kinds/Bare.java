package io.github.reverseratelimiter.spring.kinds;

/** An interface without annotations. */
interface Bare {

    String denied(String account);

    String waiting(String account);

    String replaced(String account);

    /** As a row of the table. */
    static Calls calls(Bare bare) {
        return new Calls(bare::denied, bare::waiting, bare::replaced);
    }
}
