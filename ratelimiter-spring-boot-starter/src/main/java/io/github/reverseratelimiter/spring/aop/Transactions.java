package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.Set;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** Finds methods that run in a transaction of their own. */
final class Transactions {

    private static final String SPRING = "org.springframework.transaction.annotation.Transactional";
    private static final String JAKARTA = "jakarta.transaction.Transactional";
    private static final Set<String> NONE = Set.of("NOT_SUPPORTED", "NEVER", "SUPPORTS");

    private Transactions() {}

    /** Whether a call of the method begins one, as its annotations or those of its class say. */
    static boolean begins(Method method, Class<?> targetClass) {
        MergedAnnotation<?> onMethod = on(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
        MergedAnnotation<?> nearest = onMethod.isPresent()
                ? onMethod
                : on(MergedAnnotations.from(targetClass, SearchStrategy.TYPE_HIERARCHY));
        return nearest.isPresent() && !NONE.contains(kind(nearest));
    }

    private static MergedAnnotation<?> on(MergedAnnotations annotations) {
        MergedAnnotation<?> spring = annotations.get(SPRING);
        return spring.isPresent() ? spring : annotations.get(JAKARTA);
    }

    private static String kind(MergedAnnotation<?> transactional) {
        return transactional
                .getValue(transactional.getType().getName().equals(SPRING) ? "propagation" : "value")
                .map(String::valueOf)
                .orElse("");
    }
}
