package io.github.reverseratelimiter.spring.kinds;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kotlinx.coroutines.Dispatchers;
import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a limited method returns: a column of the table in docs/annotation.md. */
public enum Returns {
    VALUE("a value", "String", "$1") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return inThisThread(method, bean, account);
        }
    },
    NOTHING("`void`", "void", "Answers.nothing($1)") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            Answers.unreturned();
            return inThisThread(method, bean, account).thenApply(nothing -> Answers.unreturned());
        }
    },
    FUTURE("`CompletableFuture`", "java.util.concurrent.CompletableFuture<String>", "Answers.future($1)") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return (CompletableFuture<?>) returned(method, bean, account);
        }
    },
    STAGE("`CompletionStage`", "java.util.concurrent.CompletionStage<String>", "Answers.stage($1)") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return ((CompletionStage<?>) returned(method, bean, account)).toCompletableFuture();
        }
    },
    MONO("`Mono`", "reactor.core.publisher.Mono<String>", "Answers.mono($1)") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return ((Mono<?>) returned(method, bean, account)).toFuture();
        }
    },
    FLUX("`Flux`", "reactor.core.publisher.Flux<String>", "Answers.flux($1)") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return ((Flux<?>) returned(method, bean, account)).single().toFuture();
        }
    },
    /** Its classes are written in Kotlin. */
    SUSPENDING("Kotlin: `suspend`", "", "") {
        @Override
        CompletableFuture<?> call(Method method, Object bean, String account) {
            return Mono.from(CoroutinesUtils.invokeSuspendingFunction(
                            Dispatchers.getUnconfined(), method, bean, account, null))
                    .toFuture();
        }
    };

    /** Whose classes are made of the templates. */
    static final List<Returns> OF_TEMPLATES = List.of(NOTHING, FUTURE, STAGE, MONO, FLUX);

    private final String column;
    private final String type;
    private final String answer;

    Returns(String column, String type, String answer) {
        this.column = column;
        this.type = type;
        this.answer = answer;
    }

    /** The head of the column. */
    String column() {
        return column;
    }

    /** Whether a call waits in the thread of its caller. */
    boolean waitsInTheThread() {
        return this == VALUE || this == NOTHING;
    }

    /** The package of the classes whose methods return this, below that of the templates. */
    String packageName(String templates) {
        return this == VALUE ? templates : templates + "." + name().toLowerCase(Locale.ROOT);
    }

    /** The source of such a class, of the one whose methods return a {@code String}. */
    String source(String template) {
        String source = template.replaceFirst("package (.+);", "package " + packageName("$1") + "; import $1.*;")
                .replaceAll("\\bString (denied|waiting|replaced|instead)\\(", type + " $1(")
                .replaceAll("\\b(Answers\\.[A-Z]+)\\b", answer);
        return this == NOTHING ? source.replaceAll("return (Answers|super)\\.", "$1.") : source;
    }

    /** Calls a method and subscribes to what it returns; the future is done when the call is. */
    abstract CompletableFuture<?> call(Method method, Object bean, String account);

    private static CompletableFuture<?> inThisThread(Method method, Object bean, String account) {
        try {
            return CompletableFuture.completedFuture(method.invoke(bean, account));
        } catch (InvocationTargetException e) {
            return CompletableFuture.failedFuture(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object returned(Method method, Object bean, String account) {
        try {
            return method.invoke(bean, account);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("nothing may be thrown where " + method + " is called", e);
        }
    }

    @Override
    public String toString() {
        return column;
    }
}
