package io.github.reverseratelimiter.redis;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a test does to another process. */
public enum Signal {

    /** It stands still: its sockets stay open, and nothing is answered. */
    STOP,

    /** It goes on. */
    CONT,

    /** It ends without notice. */
    KILL;

    /** Sends it; to a process that is gone it does nothing. */
    public void to(long pid) {
        try {
            new ProcessBuilder("kill", "-" + this, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
