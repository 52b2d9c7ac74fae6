package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds the methods that are meant by the name of a fallback, and refuses those that cannot stand for the limited one.
 *
 * @param annotated for messages
 * @param targetClass of the bean; of a client that is nothing but a proxy, the class of that
 */
record FallbackReader(Method annotated, Class<?> targetClass) {

    private static final Set<Class<?>> FAILURES = Set.of(
            RateLimitExceededException.class,
            CreditStoreException.class,
            RuntimeException.class,
            Exception.class,
            Throwable.class);

    /**
     * The methods of that name, none for an empty one.
     *
     * @throws InvalidRateLimitedMethodException if none fits
     */
    Fallbacks read(String name) {
        if (name.isEmpty()) {
            return new Fallbacks(List.of());
        }
        List<Method> named = methods()
                .filter(each -> each.getName().equals(name) && !each.isSynthetic() && !isLimited(each))
                .toList();
        List<Fallback> fitting = new ArrayList<>();
        for (Method each : named) {
            Parameters parameters = parametersOf(each);
            if (parameters.fit() && fitting.stream().noneMatch(other -> other.failure() == parameters.failure())) {
                check(each);
                fitting.add(new Fallback(each, parameters.failure(), handle(each)));
            }
        }
        if (fitting.isEmpty()) {
            throw wrong(name, named.isEmpty() ? whichIsNotThere(name) : "whose parameters do not fit");
        }
        fitting.sort(Comparator.comparingInt(Fallback::depth).reversed());
        return new Fallbacks(fitting);
    }

    private Method limited() {
        return Signatures.called(annotated, targetClass);
    }

    /** Those of subclasses before those they override. */
    private Stream<Method> methods() {
        Stream<Method> ofInterfaces = interfaces(targetClass).flatMap(each -> Arrays.stream(each.getMethods()));
        if (Proxy.isProxyClass(targetClass)) {
            return ofInterfaces;
        }
        Stream<Method> ofClasses = Stream.<Class<?>>iterate(targetClass, type -> type != null, Class::getSuperclass)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()));
        return Stream.concat(ofClasses, ofInterfaces);
    }

    private static Stream<Class<?>> interfaces(Class<?> type) {
        return Stream.concat(type.isInterface() ? Stream.of(type) : Stream.empty(), TypeHierarchy.interfacesOf(type));
    }

    private Parameters parametersOf(Method candidate) {
        Method limited = limited();
        List<Class<?>> wanted = Signatures.parameters(limited, targetClass);
        List<Class<?>> given = Signatures.parameters(candidate, targetClass);
        if (Signatures.suspends(limited) != Signatures.suspends(candidate)) {
            return new Parameters(false, null);
        }
        if (given.equals(wanted)) {
            return new Parameters(true, null);
        }
        int last = wanted.size();
        return given.size() == last + 1 && given.subList(0, last).equals(wanted) && FAILURES.contains(given.get(last))
                ? new Parameters(true, given.get(last))
                : new Parameters(false, null);
    }

    /** What a candidate takes: all that the limited method takes, and perhaps the failure. */
    private record Parameters(boolean fit, @Nullable Class<?> failure) {}

    /** The limited method is no fallback of itself, though one of its overloads may be. */
    private boolean isLimited(Method candidate) {
        return candidate.equals(limited()) || candidate.equals(annotated);
    }

    private String whichIsNotThere(String name) {
        return annotated.getName().equals(name)
                ? "which is the method itself"
                : "which " + targetName() + " does not have";
    }

    private void check(Method fallback) {
        Method limited = limited();
        if (Modifier.isStatic(fallback.getModifiers())) {
            throw wrong(fallback.getName(), "which is static");
        }
        if (MergedAnnotations.from(fallback, SearchStrategy.TYPE_HIERARCHY).isPresent(ReverseRateLimited.class)) {
            throw wrong(fallback.getName(), "which is limited itself");
        }
        if (!Signatures.returnsLike(limited, fallback, targetClass)) {
            throw wrong(
                    fallback.getName(), "which returns " + Signatures.name(Signatures.returned(fallback, targetClass)));
        }
    }

    private @Nullable MethodHandle handle(Method fallback) {
        try {
            if (Proxy.isProxyClass(targetClass) && fallback.isDefault()) {
                Class<?> declaring = fallback.getDeclaringClass();
                return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
                        .unreflectSpecial(fallback, declaring);
            }
            fallback.setAccessible(true);
            return null;
        } catch (IllegalAccessException | RuntimeException e) {
            throw new InvalidRateLimitedMethodException(
                    annotated,
                    "fallbackMethod is \"" + fallback.getName() + "\", which cannot be accessed",
                    "open the package " + fallback.getDeclaringClass().getPackageName() + " to this library",
                    e);
        }
    }

    private InvalidRateLimitedMethodException wrong(String name, String problem) {
        Method limited = limited();
        return new InvalidRateLimitedMethodException(
                annotated,
                "fallbackMethod is \"" + name + "\", " + problem,
                "write \"" + Signatures.text(limited, targetClass, name, List.of()) + "\" or \""
                        + Signatures.text(limited, targetClass, name, List.of("RateLimitExceededException"))
                        + "\", without @ReverseRateLimited, in " + targetName(),
                null);
    }

    private String targetName() {
        return (Proxy.isProxyClass(targetClass) ? annotated.getDeclaringClass() : targetClass).getName();
    }
}
