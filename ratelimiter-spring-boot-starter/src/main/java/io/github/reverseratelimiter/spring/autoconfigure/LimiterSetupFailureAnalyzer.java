package io.github.reverseratelimiter.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains a missing store, ambiguous beans, and a secret that will not do: before the analyzer that would print it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class LimiterSetupFailureAnalyzer extends AbstractFailureAnalyzer<LimiterSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LimiterSetupException cause) {
        return new FailureAnalysis(Sentence.of(cause.problem()), Sentence.of(cause.remedy()), cause);
    }
}
