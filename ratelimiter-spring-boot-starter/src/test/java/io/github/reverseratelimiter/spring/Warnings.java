package io.github.reverseratelimiter.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the starter warned of. */
final class Warnings extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger(ReverseRateLimited.class.getName());
    private final List<String> texts = new CopyOnWriteArrayList<>();

    Warnings() {
        logger.addHandler(this);
    }

    List<String> texts() {
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
