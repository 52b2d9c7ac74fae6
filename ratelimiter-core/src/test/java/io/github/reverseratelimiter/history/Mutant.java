package io.github.reverseratelimiter.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Limiters that are wrong in a well-known way, as scripts that speak the protocol of ours. */
enum Mutant {
    /** Not a mutant: the real script. */
    NONE,
    /** Counts per window of the calendar: twice the limit around its edge. */
    FIXED_WINDOW,
    /** A log that lets one more through. */
    OFF_BY_ONE,
    /** A log by the clocks of the clients. */
    CLIENT_CLOCK,
    /** Weighs the last window of the calendar by how much of it is still in sight. */
    TWO_BUCKETS,
    /** INCR, and PEXPIRE by the first: the window begins with the first call, not with each. */
    INCR_PEXPIRE,
    /** A window one microsecond too short: its end counts as outside. */
    WINDOW_TOO_SHORT,
    /** A window one microsecond too long. */
    WINDOW_TOO_LONG,
    /** Who is denied is written down all the same. */
    DENIED_CONSUMES;

    byte[] body() {
        String name = "mutants/" + name().toLowerCase(Locale.ROOT) + ".lua";
        try (InputStream in = Mutant.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
