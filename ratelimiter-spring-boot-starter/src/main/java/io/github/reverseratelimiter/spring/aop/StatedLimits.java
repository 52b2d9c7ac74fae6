package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices two places that state different limits for one window of one budget. Each decides by its own limit then, which
 * is allowed, and seldom meant.
 *
 * <p>A budget is told by its limiter name and by the text of the key: {@code #account} here and {@code #account} there may
 * be different accounts, but then a name is missing that keeps them apart.
 */
final class StatedLimits {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    private final Map<Window, Statement> statements = new ConcurrentHashMap<>();
    private final Set<String> warnings = ConcurrentHashMap.newKeySet();

    /** A method states its limits. */
    void add(RateLimitedOperation operation, String method) {
        String limiter = operation.template().key().limiter();
        for (RateLimit limit : operation.template().limits()) {
            Window window = new Window(limiter, operation.key().text(), limit.windowMicros());
            Statement first = statements.putIfAbsent(window, new Statement(method, limit));
            if (first != null && first.limit().limit() != limit.limit()) {
                warn(window, first, method + " states " + limit);
            }
        }
    }

    /** What the configuration states for the same names. */
    void compareWith(NamedSettings named) {
        statements.forEach((window, statement) -> configured(named, window.limiter()).stream()
                .filter(limit -> limit.windowMicros() == window.micros())
                .filter(limit -> limit.limit() != statement.limit().limit())
                .forEach(limit -> warn(window, statement, "the limiter of that name is configured with " + limit)));
    }

    private static List<RateLimit> configured(NamedSettings named, String name) {
        try {
            return name.isEmpty() ? List.of() : named.get(name).limits();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private void warn(Window window, Statement one, String other) {
        String text = one.method() + " states " + one.limit() + ", but " + other + ", both for key " + window.key()
                + (window.limiter().isEmpty() ? " without a name" : " of limiter '" + window.limiter() + "'")
                + ". Where the keys are equal they share one window, and each call decides by its own limit: state one"
                + " limit, or give them different names.";
        if (warnings.add(text)) {
            LOG.log(System.Logger.Level.WARNING, text);
        }
    }

    private record Window(String limiter, String key, long micros) {}

    private record Statement(String method, RateLimit limit) {}
}
