package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.spring.Application;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * One of the outcomes in a cell of the table in docs/annotation.md.
 *
 * @param kind of bean
 * @param returns what its methods return
 * @param outcome of a call
 */
public record Cell(Kind kind, Returns returns, Outcome outcome) {

    /** All of this row. */
    public static Stream<Cell> of(Kind kind) {
        return kind.returns().stream()
                .flatMap(returns -> Arrays.stream(Outcome.values()).map(outcome -> new Cell(kind, returns, outcome)));
    }

    /** Shows that it is as it should be. */
    public void check() {
        Application application = new Application();
        kind.into(application.context(), returns).run(context -> {
            assertThat(context).hasNotFailed();
            outcome.check(this, application, context);
        });
    }

    /** Calls a method of the bean. */
    CompletableFuture<String> call(ApplicationContext context, String name, String account) {
        for (Class<?> type : kind.called(returns)) {
            for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
                if (method.getName().equals(name) && !method.isBridge()) {
                    method.setAccessible(true);
                    return returns.call(method, context.getBean(type), account).thenApply(String::valueOf);
                }
            }
        }
        throw new AssertionError("no " + name + " in " + kind.called(returns));
    }

    @Override
    public String toString() {
        return kind.name() + ", " + returns.column() + ": " + outcome.text();
    }
}
