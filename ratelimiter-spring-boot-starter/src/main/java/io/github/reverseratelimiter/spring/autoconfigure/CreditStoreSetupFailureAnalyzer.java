package io.github.reverseratelimiter.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a missing or ambiguous store. */
final class CreditStoreSetupFailureAnalyzer extends AbstractFailureAnalyzer<CreditStoreSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, CreditStoreSetupException cause) {
        return new FailureAnalysis(Sentence.of(cause.problem()), Sentence.of(cause.remedy()), cause);
    }
}
