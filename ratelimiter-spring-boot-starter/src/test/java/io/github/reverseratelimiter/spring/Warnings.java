package io.github.reverseratelimiter.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What was warned of while this is open. */
public final class Warnings extends Handler implements AutoCloseable {

    private final Logger logger;
    private final List<String> texts = new CopyOnWriteArrayList<>();

    /** Of annotated methods. */
    Warnings() {
        this(ReverseRateLimited.class.getName());
    }

    private Warnings(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** By any class of the library. */
    public static Warnings ofAll() {
        return new Warnings("io.github.reverseratelimiter");
    }

    /** The messages. */
    public List<String> texts() {
        return texts;
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getLevel().equals(Level.WARNING)) {
            texts.add(entry.getMessage());
        }
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
