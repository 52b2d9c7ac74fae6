package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Reads an annotation once: what it says becomes an operation, what is wrong stops the start. */
final class OperationReader {

    private static final String CONFIGURED = "reverse-rate-limiter.limiters";

    private final ConfigurableBeanFactory beans;
    private final NamedSettings named;
    private final Supplier<LimitingSettings> settings;

    OperationReader(ConfigurableBeanFactory beans, NamedSettings named, Supplier<LimitingSettings> settings) {
        this.beans = beans;
        this.named = named;
        this.settings = settings;
    }

    /**
     * The operation of a method.
     *
     * @param source where the annotation stands
     * @throws InvalidRateLimitedMethodException if an attribute is wrong
     */
    RateLimitedOperation read(Method source, ReverseRateLimited annotation) {
        Attributes attributes = new Attributes(source, beans);
        try {
            String name = attributes.text("name", annotation.name());
            Terms terms = terms(attributes, name, annotation);
            KeySource key = new KeyReader(source, beans).read(attributes.text("key", annotation.key()));
            CreditRequest template = terms.template(new CreditKey(name, "template"), annotation.credits());
            return new RateLimitedOperation(
                    source.getDeclaringClass().getSimpleName() + "." + source.getName(), key, template, terms);
        } catch (IllegalArgumentException e) {
            throw InvalidRateLimitedMethodException.of(source, e);
        }
    }

    private Terms terms(Attributes attributes, String name, ReverseRateLimited annotation) {
        String window = attributes.text("window", annotation.window());
        String ownMargin = attributes.text("margin", annotation.margin());
        Waiting ownWaiting = waiting(attributes, annotation);
        if (annotation.limit() == 0 && window.isEmpty()) {
            return named(
                    name,
                    configured(attributes.method(), name),
                    ownMargin.isEmpty() ? null : attributes.duration("margin", ownMargin),
                    ownWaiting);
        }
        List<RateLimit> limits = List.of(limit(attributes, annotation.limit(), window));
        Duration margin = ownMargin.isEmpty()
                ? CreditRequest.defaultMargin(limits, settings.get().margin())
                : attributes.duration("margin", ownMargin);
        Waiting waiting = ownWaiting != null ? ownWaiting : Waiting.none();
        check(name, limits, margin, waiting);
        return new FixedTerms(new Plan(limits, margin, waiting));
    }

    /** Checked against the settings of now: those of later are not known, and a margin that is too wide is cut then. */
    private static Terms named(
            String name, NamedLimiter limiter, @Nullable Duration ownMargin, @Nullable Waiting ownWaiting) {
        if (ownMargin != null) {
            Plan plan = limiter.settings().plan();
            check(name, plan.limits(), ownMargin, plan.waiting());
        }
        return new NamedTerms(limiter, ownMargin, ownWaiting);
    }

    /** As a plan checks itself, but it does not know whose it is. */
    private static void check(String name, List<RateLimit> limits, Duration margin, Waiting waiting) {
        var unused = new CreditRequest(new CreditKey(name, "template"), limits, margin, 1, waiting);
    }

    private NamedLimiter configured(Method method, String name) {
        if (name.isEmpty()) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    "no limit is given",
                    "give limit and window, such as limit = 5, window = \"1s\", or the name of a limiter of "
                            + CONFIGURED,
                    null);
        }
        return named.limiter(name);
    }

    private static RateLimit limit(Attributes attributes, int limit, String window) {
        if (window.isEmpty()) {
            throw new InvalidRateLimitedMethodException(
                    attributes.method(),
                    "limit is " + limit + " but no window is given",
                    "give the window too, such as window = \"1s\"",
                    null);
        }
        return RateLimit.of(limit, attributes.duration("window", window));
    }

    /** What the annotation itself says about waiting; null if nothing. */
    private static @Nullable Waiting waiting(Attributes attributes, ReverseRateLimited annotation) {
        String interval = attributes.text("retryInterval", annotation.retryInterval());
        String maxWait = attributes.text("maxWait", annotation.maxWait());
        if (annotation.retries() == 0) {
            if (!interval.isEmpty()) {
                throw new InvalidRateLimitedMethodException(
                        attributes.method(),
                        "retryInterval is \"" + interval + "\" but retries is 0",
                        "give retries too, or leave retryInterval out",
                        null);
            }
            return maxWait.isEmpty() ? null : Waiting.upTo(attributes.duration("maxWait", maxWait));
        }
        return new Waiting.Retries(
                annotation.retries(),
                interval.isEmpty() ? Optional.empty() : Optional.of(attributes.duration("retryInterval", interval)),
                maxWait.isEmpty() ? Optional.empty() : Optional.of(attributes.duration("maxWait", maxWait)));
    }
}
