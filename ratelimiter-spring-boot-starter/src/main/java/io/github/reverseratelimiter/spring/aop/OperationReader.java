package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
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
     * What the annotation says about the call.
     *
     * @throws InvalidRateLimitedMethodException if an attribute is wrong
     */
    CallAttributes readCall(Place place, ReverseRateLimited annotation) {
        return CallAttributes.of(new Attributes(place, beans), annotation);
    }

    /**
     * The operation of a method.
     *
     * @param call what all annotations of the place say about it
     * @throws InvalidRateLimitedMethodException if an attribute is wrong
     */
    RateLimitedOperation read(Place place, ReverseRateLimited annotation, CallAttributes call) {
        Attributes attributes = new Attributes(place, beans);
        try {
            String name = attributes.text("name", annotation.name());
            Terms terms = terms(attributes, name, annotation, call);
            KeySource key = new KeyReader(place, beans).read(attributes.text("key", annotation.key()));
            CostSource cost = new CostReader(attributes).read(annotation);
            CreditRequest template = terms.template(
                    new CreditKey(name, "template"), cost instanceof FixedCost fixed ? fixed.credits() : 1);
            return new RateLimitedOperation(place.name(), key, cost, template, terms);
        } catch (IllegalArgumentException e) {
            throw InvalidRateLimitedMethodException.of(place, e);
        }
    }

    private Terms terms(Attributes attributes, String name, ReverseRateLimited annotation, CallAttributes call) {
        Optional<Written<Duration>> window = attributes.duration("window", annotation.window());
        Optional<Written<Integer>> limit = attributes.number("limit", annotation.limit(), annotation.limitString());
        Optional<Duration> ownMargin =
                attributes.duration("margin", annotation.margin()).map(Written::value);
        Optional<Waiting> ownWaiting = call.waiting(attributes.place());
        if (limit.isEmpty() && window.isEmpty()) {
            return named(name, configured(attributes, name), ownMargin.orElse(null), ownWaiting.orElse(null));
        }
        List<RateLimit> limits = List.of(limit(attributes, limit, window));
        Duration margin = ownMargin.orElseGet(
                () -> CreditRequest.defaultMargin(limits, settings.get().margin()));
        Waiting waiting = ownWaiting.orElseGet(Waiting::none);
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

    private NamedLimiter configured(Attributes attributes, String name) {
        if (name.isEmpty()) {
            throw attributes.wrong(
                    "no limit is given",
                    "give limit and window, such as limit = 5, window = \"1s\", or the name of a limiter of "
                            + CONFIGURED,
                    null);
        }
        return named.limiter(name);
    }

    private static RateLimit limit(
            Attributes attributes, Optional<Written<Integer>> limit, Optional<Written<Duration>> window) {
        if (window.isEmpty()) {
            throw attributes.wrong(
                    "limit is " + limit.map(Written::text).orElse("0") + " but no window is given",
                    "give the window too, such as window = \"1s\"",
                    null);
        }
        return RateLimit.of(limit.map(Written::value).orElse(0), window.get().value());
    }
}
