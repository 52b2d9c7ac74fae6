package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** Finds how a method's calls wait, from what the method returns. */
final class CallStyles {

    private static final boolean REACTOR = isPresent("reactor.core.publisher.Flux");
    private static final boolean COROUTINES = REACTOR && isPresent("kotlinx.coroutines.reactor.MonoKt");

    private final CallStyle blocking = new BlockingCalls();
    private final CallStyle future = new FutureCalls(CallerContext.present());

    private static boolean isPresent(String className) {
        return ClassUtils.isPresent(className, CallStyles.class.getClassLoader());
    }

    /**
     * The way of a method as called on this class. Where that overrides it with a more special return type, or says what
     * the variable is that it returns, that one counts: it is what comes back.
     *
     * @throws InvalidRateLimitedMethodException if such a value cannot be made before the method has run
     */
    CallStyle of(Method method, Class<?> targetClass) {
        if (KotlinDetector.isSuspendingFunction(method)) {
            return suspending(method);
        }
        Method called = Signatures.called(method, targetClass);
        Class<?> type = Signatures.returned(called, targetClass).resolve(called.getReturnType());
        if (CompletionStage.class.isAssignableFrom(type)) {
            return future(method, type);
        }
        if (isOfTheJdk(type)) {
            return blocking;
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        if (adapter != null) {
            return reactive(method, type, adapter);
        }
        checkNotReactive(method, type);
        return blocking;
    }

    /** Spring has no adapter for it, and a start need not load all that there are to find that out. */
    private static boolean isOfTheJdk(Class<?> type) {
        return type.getClassLoader() == null && !Flow.Publisher.class.isAssignableFrom(type);
    }

    private CallStyle suspending(Method method) {
        if (!COROUTINES) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    "the function suspends, but org.jetbrains.kotlinx:kotlinx-coroutines-reactor is not on the class path",
                    "add it, Spring cannot intercept suspending functions without it",
                    null);
        }
        return ReactiveCalls.suspending(method);
    }

    private CallStyle future(Method method, Class<?> type) {
        if (!type.isAssignableFrom(CompletableFuture.class)) {
            throw impossible(method, type, "CompletableFuture or CompletionStage");
        }
        return future;
    }

    private static CallStyle reactive(Method method, Class<?> type, ReactiveAdapter adapter) {
        if (!type.isAssignableFrom(adapter.getReactiveType())) {
            throw impossible(method, type, adapter.getReactiveType().getSimpleName());
        }
        if (!REACTOR) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    "it returns a " + type.getName() + ", but io.projectreactor:reactor-core is not on the class path",
                    "add it, credits are taken for each subscription then",
                    null);
        }
        return ReactiveCalls.adapted(adapter);
    }

    /** Such a method would return at once, and do its work, any number of times, when nobody looks any more. */
    private static void checkNotReactive(Method method, Class<?> type) {
        @Nullable String missing = null;
        if (Flow.Publisher.class.isAssignableFrom(type) || isNamed(type, "org.reactivestreams.Publisher")) {
            missing = "io.projectreactor:reactor-core";
        } else if (isNamed(type, "kotlinx.coroutines.flow.Flow") || isNamed(type, "kotlinx.coroutines.Deferred")) {
            missing = "org.jetbrains.kotlinx:kotlinx-coroutines-reactor";
        }
        if (missing != null) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    "it returns a " + type.getName() + ", for which Spring has no adapter",
                    "add " + missing + " to the class path",
                    null);
        }
    }

    private static boolean isNamed(Class<?> type, String name) {
        return type.getName().equals(name)
                || ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                        .anyMatch(each -> each.getName().equals(name));
    }

    private static InvalidRateLimitedMethodException impossible(Method method, Class<?> type, String possible) {
        return new InvalidRateLimitedMethodException(
                method,
                "it returns a " + type.getName() + ", which cannot be made before the method has run",
                "return a " + possible,
                null);
    }
}
