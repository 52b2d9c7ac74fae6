package io.github.reverseratelimiter.spring.autoconfigure;

/** There is no place to count credits in, or more than one; the application does not start. */
final class CreditStoreSetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    CreditStoreSetupException(String problem, String remedy) {
        super(problem + ": " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    String problem() {
        return problem;
    }

    String remedy() {
        return remedy;
    }
}
