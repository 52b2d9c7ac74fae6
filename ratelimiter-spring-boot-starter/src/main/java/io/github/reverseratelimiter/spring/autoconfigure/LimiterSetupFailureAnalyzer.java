package io.github.reverseratelimiter.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a missing store, and ambiguous beans. */
final class LimiterSetupFailureAnalyzer extends AbstractFailureAnalyzer<LimiterSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LimiterSetupException cause) {
        return new FailureAnalysis(Sentence.of(cause.problem()), Sentence.of(cause.remedy()), cause);
    }
}
