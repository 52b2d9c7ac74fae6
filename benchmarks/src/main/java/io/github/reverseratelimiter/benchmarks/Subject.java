package io.github.reverseratelimiter.benchmarks;

/** One way to count credits, with one key and a clock of its own: time passes only when it is told so. */
interface Subject {

    /** When its clock begins. */
    long START = 1_800_000_000_000_000L;

    /** Longer than any line. */
    long FOREVER = 1_000_000_000_000_000L;

    /** As it is called in the tables. */
    String title();

    /** Whether it decides anything at all. */
    boolean decides();

    /** Whether it can grant for later. */
    boolean waits();

    /** Deletes the state and sets the clock back. */
    void forget();

    /** Lets the state outlive any delay of the measurement: what is denied sets no TTL. */
    void keep();

    void pass(long micros);

    /** Uses as many credits of an empty window as it has, one each {@code pace} microseconds. */
    void fill(int credits, long pace);

    /** Asks for credits, with the next flush. */
    void take(int credits, long maxWait);

    /** Sends what was asked for and waits for the answers: how many were granted. */
    int flush();
}
