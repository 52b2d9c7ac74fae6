package io.github.reverseratelimiter.spring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** All that is logged at the levels that are on by default, by anybody, with all causes. */
public final class LogLines implements AutoCloseable {

    private static final String OURS = "io.github.reverseratelimiter.";

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> ours = new CopyOnWriteArrayList<>();
    private final Logger javas = Logger.getLogger("");
    private final ch.qos.logback.classic.Logger others =
            (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Handler handler = new JavasLines();
    private final OthersLines appender = new OthersLines();

    /** From now on. A Spring application that starts meanwhile sets logging up anew, and so ends it. */
    public LogLines() {
        javas.addHandler(handler);
        appender.setContext(others.getLoggerContext());
        appender.start();
        others.addAppender(appender);
    }

    /** One after the other. */
    public String all() {
        return String.join("\n", lines);
    }

    /** What the limiter and its starter said, each with its level. */
    public List<String> ours() {
        return ours;
    }

    @Override
    public void close() {
        javas.removeHandler(handler);
        others.detachAppender(appender);
    }

    private final class JavasLines extends Handler {

        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() < java.util.logging.Level.INFO.intValue()) {
                return;
            }
            lines.add(formatter.format(entry));
            if (String.valueOf(entry.getLoggerName()).startsWith(OURS)) {
                ours.add(entry.getLevel() + " " + formatter.formatMessage(entry));
            }
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private final class OthersLines extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                lines.add(event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    }
}
