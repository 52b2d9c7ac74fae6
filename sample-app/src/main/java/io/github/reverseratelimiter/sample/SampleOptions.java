package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What is to be shown. The defaults are in {@code application.yml}.
 *
 * @param account in whose name all calls are made
 * @param limit calls that the provider allows an account per window
 * @param window the provider's window
 * @param margin by how much the limiter's window is longer
 * @param maxWait longest wait for a credit
 * @param answerTime what it takes the provider to answer, once it has counted the call
 * @param instances how many instances of the application
 * @param threads how many callers each of them has
 * @param seconds how long the load lasts
 * @param warmUp calls that each caller makes beforehand, for other accounts
 * @param serve whether to go on serving afterwards
 * @param figures whether to run the whole set and print one table instead
 */
@ConfigurationProperties(prefix = "sample", ignoreUnknownFields = false)
record SampleOptions(
        String account,
        int limit,
        Duration window,
        Duration margin,
        Duration maxWait,
        Duration answerTime,
        int instances,
        int threads,
        int seconds,
        int warmUp,
        boolean serve,
        boolean figures) {

    SampleOptions {
        RateLimit.of(limit, window);
        if (answerTime.isNegative()) {
            throw new IllegalArgumentException("sample.answer-time must not be negative but was " + answerTime);
        }
        checkAtLeastOne("instances", instances);
        checkAtLeastOne("threads", threads);
        checkAtLeastOne("seconds", seconds);
        checkAtLeastOne("warm-up", warmUp);
    }

    /** What the provider allows. */
    RateLimit quota() {
        return RateLimit.of(limit, window);
    }

    /** What the limiter makes of it. */
    RateLimit paced() {
        return RateLimit.of(limit, window.plus(margin));
    }

    /** Whether the first instance goes on serving after the run. */
    boolean goesOnServing() {
        return serve && !figures;
    }

    /** How many callers there are in all. */
    int callers() {
        return instances * threads;
    }

    /** A copy for another account, quota and margin, that does not go on serving. */
    SampleOptions with(String otherAccount, RateLimit quota, Duration otherMargin, Duration otherMaxWait) {
        return new SampleOptions(
                otherAccount,
                quota.limit(),
                quota.window(),
                otherMargin,
                otherMaxWait,
                answerTime,
                instances,
                threads,
                seconds,
                warmUp,
                false,
                figures);
    }

    /** The options that the instances' {@code application.yml} refers to. */
    Map<String, Object> properties() {
        return Map.of(
                "sample.limit", limit, "sample.window", window, "sample.margin", margin, "sample.max-wait", maxWait);
    }

    private static void checkAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("sample." + name + " must be at least 1 but was " + value);
        }
    }
}
