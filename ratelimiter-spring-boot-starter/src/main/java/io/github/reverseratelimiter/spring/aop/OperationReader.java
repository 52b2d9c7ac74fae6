package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.LimiterSettings;
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
            LimiterSettings stated = stated(attributes, name, annotation);
            KeySource key = new KeyReader(source, beans).read(attributes.text("key", annotation.key()));
            CreditRequest template = new CreditRequest(
                    new CreditKey(name, "template"),
                    stated.limits(),
                    stated.margin(),
                    annotation.credits(),
                    stated.waiting());
            return new RateLimitedOperation(
                    source.getDeclaringClass().getSimpleName() + "." + source.getName(), key, template);
        } catch (IllegalArgumentException e) {
            throw InvalidRateLimitedMethodException.of(source, e);
        }
    }

    private LimiterSettings stated(Attributes attributes, String name, ReverseRateLimited annotation) {
        String window = attributes.text("window", annotation.window());
        String ownMargin = attributes.text("margin", annotation.margin());
        Waiting ownWaiting = waiting(attributes, annotation);
        LimiterSettings configured = null;
        List<RateLimit> limits;
        if (annotation.limit() == 0 && window.isEmpty()) {
            configured = configured(attributes.method(), name);
            limits = configured.limits();
        } else {
            limits = List.of(limit(attributes, annotation.limit(), window));
        }
        return new LimiterSettings(
                name.isEmpty() ? "nameless" : name,
                limits,
                margin(attributes, ownMargin, limits, configured),
                ownWaiting != null ? ownWaiting : configured != null ? configured.waiting() : Waiting.none());
    }

    private LimiterSettings configured(Method method, String name) {
        if (name.isEmpty()) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    "no limit is given",
                    "give limit and window, such as limit = 5, window = \"1s\", or the name of a limiter of "
                            + CONFIGURED,
                    null);
        }
        return named.get(name);
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

    private Duration margin(
            Attributes attributes, String own, List<RateLimit> limits, @Nullable LimiterSettings configured) {
        if (!own.isEmpty()) {
            return attributes.duration("margin", own);
        }
        return configured != null
                ? configured.margin()
                : CreditRequest.defaultMargin(limits, settings.get().margin());
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
