package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.spring.aop.InvalidRateLimitedMethodException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a wrong annotation. */
final class InvalidRateLimitedMethodFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRateLimitedMethodException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRateLimitedMethodException cause) {
        return new FailureAnalysis(
                "@ReverseRateLimited on " + cause.method() + " is wrong:\n\n    " + Sentence.of(cause.problem()),
                Sentence.of(cause.remedy()),
                cause);
    }
}
