package io.github.reverseratelimiter.spring;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What Spring Boot prints when the start fails: by the analyzers that are registered, ours and its own. */
public final class Analyses {

    private Analyses() {}

    /** Description and action. */
    public static String of(Throwable failure) {
        FailureHandler skip = (type, implementation, problem) -> {};
        for (FailureAnalyzer analyzer : SpringFactoriesLoader.forDefaultResourceLocation(
                        Analyses.class.getClassLoader())
                .load(
                        FailureAnalyzer.class,
                        ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
                                .and(Environment.class, new StandardEnvironment()),
                        skip)) {
            FailureAnalysis analysis = analyzer.analyze(failure);
            if (analysis != null) {
                return analysis.getDescription() + "\n" + analysis.getAction();
            }
        }
        throw new AssertionError("no analyzer explains this", failure);
    }
}
