package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.MarginSource;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
        MarginAttribute margin = MarginAttribute.of(attributes, annotation);
        FlowAttributes flow = FlowAttributes.of(attributes, annotation);
        Optional<Waiting> waiting = call.waiting(attributes.place());
        boolean windows = limit.isPresent() || window.isPresent();
        // Beside a name, a cap alone is one more rule of that limiter: a misspelt name must not lose its windows.
        if (!windows && (flow.maxInFlight().isEmpty() || !name.isEmpty())) {
            return named(name, configured(attributes, name), margin, waiting.orElse(null), flow);
        }
        List<RateLimit> limits = windows ? List.of(limit(attributes, limit, window)) : List.of();
        if (!windows) {
            checkCapAlone(attributes, margin, flow);
        }
        return own(attributes, name, limits, margin, waiting.orElseGet(Waiting::none), flow.over(Flow.FREE));
    }

    private static void checkCapAlone(Attributes attributes, MarginAttribute margin, FlowAttributes flow) {
        List<String> said = Stream.of(
                        flow.paced() ? "pace is true" : "",
                        flow.countUntil().isPresent() ? "countUntil is given" : "",
                        margin instanceof MarginAttribute.Unsaid ? "" : "margin is given")
                .filter(text -> !text.isEmpty())
                .toList();
        if (!said.isEmpty()) {
            throw attributes.wrong(
                    said.get(0) + " but no limit is, which that is about",
                    "give limit and window too, such as limit = 5, window = \"1s\", or leave it out",
                    null);
        }
    }

    /** Terms that stand in the annotation. */
    private Terms own(
            Attributes attributes,
            String name,
            List<RateLimit> limits,
            MarginAttribute margin,
            Waiting waiting,
            Flow flow) {
        Duration usual = margin instanceof MarginAttribute.Learnt
                ? CreditRequest.DEFAULT_MARGIN
                : settings.get().margin();
        Duration width = margin instanceof MarginAttribute.Stated stated
                ? stated.margin()
                : CreditRequest.defaultMargin(limits, usual);
        check(name, limits, width, waiting, flow);
        Plan plan = new Plan(limits, width, waiting, flow);
        return margin instanceof MarginAttribute.Learnt ? learning(attributes, name, plan) : new FixedTerms(plan);
    }

    private Terms learning(Attributes attributes, String name, Plan plan) {
        if (name.isEmpty()) {
            throw attributes.wrong(
                    "margin is \"auto\" but no name is given",
                    "give that of the provider, such as name = \"github\": what is learnt is kept under it",
                    null);
        }
        LimiterSettings learnt = new LimiterSettings(name, plan, Map.of()).marginSource(MarginSource.LEARNT);
        return new NamedTerms(named.using(learnt), new MarginAttribute.Unsaid(), null, FlowAttributes.NONE);
    }

    /** Checked against the settings of now: those of later are not known, and a margin that is too wide is cut then. */
    private static Terms named(
            String name, NamedLimiter limiter, MarginAttribute margin, @Nullable Waiting waiting, FlowAttributes flow) {
        Plan plan = limiter.settings().plan();
        if (margin instanceof MarginAttribute.Stated stated) {
            check(name, plan.limits(), stated.margin(), plan.waiting(), flow.over(plan.flow()));
        }
        return new NamedTerms(limiter, margin, waiting, flow);
    }

    /** As a plan checks itself, but it does not know whose it is. */
    private static void check(String name, List<RateLimit> limits, Duration margin, Waiting waiting, Flow flow) {
        var unused = new CreditRequest(new CreditKey(name, "template"), limits, margin, 1, waiting, flow);
    }

    private NamedLimiter configured(Attributes attributes, String name) {
        if (name.isEmpty()) {
            throw attributes.wrong(
                    "no limit is given",
                    "give limit and window, such as limit = 5, window = \"1s\", or maxInFlight, or the name of a limiter"
                            + " of " + CONFIGURED,
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
