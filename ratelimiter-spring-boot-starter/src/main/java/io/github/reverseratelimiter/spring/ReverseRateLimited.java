package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a Spring bean that may run only with credits: they are taken before each call. On a class or an interface,
 * each of its methods. Where a method returns a future or a publisher, or (in Kotlin) suspends, no thread waits for them,
 * and each subscription takes its own; else the calling thread waits.
 *
 * <pre>{@code
 * @ReverseRateLimited(key = "#account", window = "1s", limit = 5, retries = 2)
 * Repo repo(String account, String name) { ... }
 *
 * @ReverseRateLimited(name = "github", key = "#account", maxWait = "2s")      // limits from application.yml
 * Repo repo(String account, String name) { ... }
 * }</pre>
 *
 * <p>The call throws {@link RateLimitExceededException} where no credit was to be had, and {@link CreditStoreException}
 * where the store did not decide; the method has not run then. {@code retries} and {@code maxWait} are about credits: the
 * method itself runs once. Without either there is one attempt.
 *
 * <p>Durations are written {@code "250ms"}, {@code "1s"}, {@code "1m"} or {@code "PT1M"}; only zero needs no unit. Every
 * text may hold {@code ${...}} placeholders and must not come to nothing. Numbers that differ from one environment to the
 * next are written as texts ({@link #limitString}), or belong to a limiter in the configuration, see {@link #name}.
 *
 * <p>It may stand on a method of a class or of an interface, on such a type, and on another annotation, whose attributes may
 * stand for its own by {@link org.springframework.core.annotation.AliasFor @AliasFor}; those nearest to the method that is
 * called count. On a class it limits all methods but private and static ones, those of {@link Object}, fallbacks, and what
 * the container calls; on an interface, those of the interface. Calls are intercepted by a Spring proxy: a method that a
 * bean calls on itself takes no credit, which is warned about at the start.
 *
 * <p>Of several, all credits are taken or none; those with the same name and key are one take. What is about the call rather
 * than its credits ({@link #maxWait}, {@link #retries}, {@link #retryInterval}, {@link #fallbackMethod}, {@link #refundOn})
 * is said by one of them, or by all alike.
 *
 * <p>A wrong annotation stops the start of the application, also one of a lazy, prototype or scoped bean. Only where the
 * type of a bean that is made later does not show it ({@code @Lazy @Bean Object client()}), or where a bean is registered
 * while the application runs, it fails when the bean is made. Where {@code reverse-rate-limiter.enabled} is false,
 * annotations are not looked at.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(ReverseRateLimited.List.class)
public @interface ReverseRateLimited {

    /**
     * Whose allowance is spent, as a SpEL expression: {@code "#account"}, {@code "#p0"}, {@code "#a0"},
     * {@code "#root.method.name"}, {@code "#root.target"}, {@code "#root.args[0]"}, {@code "@tenants.of(#user)"}, or a
     * text in quotes, {@code "'github'"}. Empty: the declaring class and the method, {@code com.acme.GitHub#repo}; on a type
     * its name, {@code com.acme.GitHub}, one budget for all its methods.
     *
     * <p>It must not come to null, blank text, an array, or an object without a {@code toString} of its own. Sets and maps
     * that are equal are one key, whatever the order of their elements.
     */
    String key() default "";

    /** The span the limit applies to, from 1 ms to 366 days. */
    String window() default "";

    /** Credits per window, at least 1. Left out (0), the limiter of that {@link #name} is used. */
    int limit() default 0;

    /** The same as {@link #limit}, as a text that may hold {@code ${...}} placeholders; not beside it. */
    String limitString() default "";

    /** Further attempts to get the credits: attempts = 1 + retries. */
    int retries() default 0;

    /** The same as {@link #retries}, as a text that may hold {@code ${...}} placeholders; not beside it. */
    String retriesString() default "";

    /** Time between two attempts; empty: as long as the last answer said. Needs {@link #retries}. */
    String retryInterval() default "";

    /**
     * Longest wait in all. Alone, the call stands in line for as long as it takes up to this; with {@link #retries}, the
     * earlier of the two ends it.
     */
    String maxWait() default "";

    /**
     * Name of the limiter, one per provider: part of the identity, it keeps GitHub's "acme" apart from Stripe's. Without
     * {@link #limit} and {@link #window}, all that is configured under {@code reverse-rate-limiter.limiters} applies, as it
     * is for the key at the moment of the call. What is said here goes before it: {@link #margin}, {@link #maxInFlight},
     * {@link #countUntil}, {@link #pace}, and {@link #maxWait}, {@link #retries} and {@link #retryInterval} together.
     */
    String name() default "";

    /** How many credits a call costs, from 1 to the limit. */
    int credits() default 1;

    /**
     * How many credits a call costs, as a SpEL expression over its arguments, {@code "#batch.size()"}; not beside
     * {@link #credits}. It must come to a whole number from 1 to the limit; a call for which it does not takes no credit and
     * fails with {@link IllegalArgumentException}.
     */
    String cost() default "";

    /**
     * Widens the window by the spread of the delay between a grant and its arrival at the provider: a duration, or
     * {@code "auto"}, which learns it from how calls end. What is learnt is kept under the {@link #name}, which is needed
     * then.
     */
    String margin() default "";

    /**
     * Calls of the key that may be in flight at once, over all instances, from 1 to 100,000; beside {@link #limit} and
     * {@link #window}, or alone. A call is in flight from its grant until it has returned, or its future, publisher or
     * coroutine has ended. Left out (0): as the limiter of that {@link #name}, else any number.
     */
    int maxInFlight() default 0;

    /**
     * Until when a credit counts: {@code "grant"}, one window from there, which needs a {@link #margin}; or
     * {@code "completion"}, until its call has ended and one window more, which needs none. Empty: as the limiter of that
     * {@link #name}, else until one window after its grant.
     */
    String countUntil() default "";

    /**
     * Spreads calls evenly over the window, instead of letting all go at once. Left out: as the limiter of that
     * {@link #name}.
     */
    boolean pace() default false;

    /**
     * Method of the same class (or {@code default} method of a client's interface) that is called where no credit was to
     * be had, in place of the exception: of the same parameters, optionally with the exception after them, and of the
     * same return type. It may be private. It is not called for what the method itself throws, nor
     * for {@link io.github.reverseratelimiter.CreditStoreMisconfiguredException}, which somebody has to mend.
     */
    String fallbackMethod() default "";

    /**
     * Exceptions of the method (or of its future or publisher) after which the credits come back: for calls that cannot
     * have reached the provider. Causes are not looked at, but for those of {@code CompletionException} and
     * {@code ExecutionException}.
     */
    Class<? extends Throwable>[] refundOn() default {};

    /** Several on one method or class: all of them, or none, are taken. */
    @Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @Documented
    @interface List {

        /** Those that stand there. */
        ReverseRateLimited[] value();
    }
}
