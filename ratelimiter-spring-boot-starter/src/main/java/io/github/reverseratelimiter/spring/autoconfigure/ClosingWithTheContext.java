package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.ReverseRateLimiter;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Closes the limiter while Redis can still be reached: credits of callers that wait are given back. The context destroys
 * beans only after it has stopped connection factories.
 *
 * <p>A context that is stopped without being closed may be started again, so its limiter stays open.
 */
final class ClosingWithTheContext implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

    /**
     * After what begins calls has stopped: web servers (which let requests end first), schedulers, message listeners.
     * Before connection factories, whose phase is 0.
     */
    static final int PHASE = 1_024;

    private final ApplicationContext context;
    private volatile @Nullable ReverseRateLimiter limiter;
    private volatile boolean running;
    private volatile boolean closing;

    ClosingWithTheContext(ApplicationContext context) {
        this.context = context;
    }

    /** This one is to be closed. */
    void closes(ReverseRateLimiter made) {
        limiter = made;
    }

    /** Contexts below this one tell of their end too. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext().equals(context)) {
            closing = true;
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        ReverseRateLimiter made = limiter;
        if (closing && made != null) {
            made.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
