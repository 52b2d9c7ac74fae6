package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Tells of what is allowed and seldom right, each once, as it is configured. */
final class Misuses {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Supplier<LimitingSettings> settings;

    Misuses(Supplier<LimitingSettings> settings) {
        this.settings = settings;
    }

    /**
     * Looks for methods that a bean may call on itself.
     *
     * @throws InvalidRateLimitedMethodException if there is one that is to stop the start
     */
    void checkCalls(Class<?> type, List<Method> methods) {
        if (settings.get().misuse() == OnMisuse.IGNORE) {
            return;
        }
        for (SelfInvocations.SelfInvocation each : new SelfInvocations(type, methods).all()) {
            add(
                    each.method(),
                    "it is called in " + each.caller()
                            + ", and if that is a call on itself, Spring does not intercept it"
                            + " and no credit is taken",
                    "call it from another bean, or take the credits from the ReverseRateLimiter bean there");
        }
    }

    /**
     * Looks whether a method waits within its transaction, or may run outside of it.
     *
     * @throws InvalidRateLimitedMethodException if it does, and that is to stop the start
     */
    void checkTransaction(Method method, Class<?> type, LimitedCall call) {
        boolean later = call.style() instanceof FutureCalls;
        if ((later || call.method().waits())
                && settings.get().misuse() != OnMisuse.IGNORE
                && settings.get().advice() == AdvicePosition.INNERMOST
                && Transactions.begins(method, type)) {
            add(
                    method,
                    later
                            ? "it is @Transactional, and runs in another thread, without its transaction,"
                                    + " where its credit is not there at once"
                            : "it is @Transactional, and holds a connection while it waits for a credit",
                    "wait in the method that calls it, or set reverse-rate-limiter.advice=outermost");
        }
    }

    private void add(Method method, String problem, String remedy) {
        if (settings.get().misuse() == OnMisuse.FAIL) {
            throw new InvalidRateLimitedMethodException(method, problem, remedy, null);
        }
        String text = "@ReverseRateLimited on " + InvalidRateLimitedMethodException.text(method) + ": " + problem + ": "
                + remedy + " (reverse-rate-limiter.misuse=fail stops the start here, ignore says nothing).";
        if (told.add(text)) {
            LOG.log(System.Logger.Level.WARNING, text);
        }
    }
}
