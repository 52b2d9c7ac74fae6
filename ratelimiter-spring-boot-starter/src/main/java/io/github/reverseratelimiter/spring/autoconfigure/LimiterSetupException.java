package io.github.reverseratelimiter.spring.autoconfigure;

import java.util.Objects;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;

/** Something that is needed once is missing, or there are several; the application does not start. */
final class LimiterSetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    LimiterSetupException(String problem, String remedy) {
        super(problem + ": " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    LimiterSetupException(String problem, String remedy, Throwable cause) {
        super(problem + ": " + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** Where several beans could be meant. */
    static LimiterSetupException ambiguous(Class<?> type, NoUniqueBeanDefinitionException e) {
        return new LimiterSetupException(
                "found " + e.getNumberOfBeansFound() + " " + type.getSimpleName() + " beans "
                        + Objects.requireNonNullElse(e.getBeanNamesFound(), ""),
                "mark one @Primary, or remove the others");
    }

    String problem() {
        return problem;
    }

    String remedy() {
        return remedy;
    }
}
