package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A method cannot be limited as its annotation says; the application does not start. */
public final class InvalidRateLimitedMethodException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String method;
    private final String problem;
    private final String remedy;

    /** Names the method, what is wrong (with the value), and what to do. */
    InvalidRateLimitedMethodException(Method method, String problem, String remedy, @Nullable Throwable cause) {
        super("@ReverseRateLimited on " + text(method) + ": " + problem + ": " + remedy, cause);
        this.method = text(method);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** From an error of the core API, which says "problem: remedy". */
    static InvalidRateLimitedMethodException of(Method method, IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int cut = message.lastIndexOf(": ");
        return cut < 0
                ? new InvalidRateLimitedMethodException(method, message, "correct it", e)
                : new InvalidRateLimitedMethodException(
                        method, message.substring(0, cut), message.substring(cut + 2), e);
    }

    /** As it is written in messages: {@code com.acme.GitHub.repo(String, String)}. */
    static String text(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(
                        ", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
    }

    /** The annotated method, with its class and parameters. */
    public String method() {
        return method;
    }

    /** What is wrong, with the value. */
    public String problem() {
        return problem;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
