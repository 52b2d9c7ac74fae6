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

    /** Names the place, what is wrong (with the value), and what to do. */
    InvalidRateLimitedMethodException(Place place, String problem, String remedy, @Nullable Throwable cause) {
        this(place.text(), problem, remedy, cause);
    }

    /** Names the method, what is wrong (with the value), and what to do. */
    InvalidRateLimitedMethodException(Method method, String problem, String remedy, @Nullable Throwable cause) {
        this(text(method), problem, remedy, cause);
    }

    /** Names the type, what is wrong (with the value), and what to do. */
    InvalidRateLimitedMethodException(Class<?> type, String problem, String remedy, @Nullable Throwable cause) {
        this(type.getName(), problem, remedy, cause);
    }

    private InvalidRateLimitedMethodException(String method, String problem, String remedy, @Nullable Throwable cause) {
        super("@ReverseRateLimited on " + method + ": " + problem + ": " + remedy, cause);
        this.method = method;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** From an error of the core API, which says "problem: remedy". */
    static InvalidRateLimitedMethodException of(Place place, IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int cut = message.lastIndexOf(": ");
        return cut < 0
                ? new InvalidRateLimitedMethodException(place, message, "correct it", e)
                : new InvalidRateLimitedMethodException(
                        place, message.substring(0, cut), message.substring(cut + 2), e);
    }

    /** As it is written in messages: {@code com.acme.GitHub.repo(String, String)}. */
    static String text(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(
                        ", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
    }

    /** The annotated method, with its class and parameters; or the annotated type. */
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
