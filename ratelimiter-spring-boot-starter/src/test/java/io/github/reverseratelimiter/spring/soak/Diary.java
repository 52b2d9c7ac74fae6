package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What the callers of one instance were told. Each line is on its way at once: an instance may be killed. */
final class Diary implements AutoCloseable {

    private final BufferedWriter file;
    private final String instance;

    Diary(Path file, String instance) {
        this.instance = instance;
        try {
            this.file = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In microseconds, by the clock of this machine, which is that of Redis. */
    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Who keeps them. */
    void granted(CreditRequest request, Acquisition.Basis.Store basis, long invoked, long returned) {
        basis.credits().stream()
                .filter(credit -> credit.key().equals(request.key()))
                .forEach(credit -> write("G", credit.key().value(), credit.at(), credit.credits(), invoked, returned));
    }

    /** That Redis decided something. */
    void decided(long returned) {
        write("D", returned);
    }

    /** That Redis did not decide. */
    void undecided(long invoked, long returned) {
        write("U", invoked, returned);
    }

    /** What must not be. */
    void wrong(String what) {
        write("W", what);
    }

    private synchronized void write(Object... parts) {
        StringBuilder line = new StringBuilder(instance);
        for (Object part : parts) {
            line.append(' ').append(part);
        }
        try {
            file.write(line.append('\n').toString());
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
