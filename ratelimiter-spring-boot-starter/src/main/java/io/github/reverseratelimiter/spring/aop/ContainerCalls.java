package io.github.reverseratelimiter.spring.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;

/** Methods that the container calls: an annotation on their class is not about them. */
final class ContainerCalls {

    private static final Set<String> ANNOTATIONS = Set.of(
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy",
            "jakarta.annotation.Resource",
            "jakarta.inject.Inject",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Value");

    private ContainerCalls() {}

    /** Whether it is annotated so, or is of an interface of lifecycle: {@code close}, {@code start}, {@code getOrder}. */
    static boolean isOne(Method method, Class<?> targetClass) {
        return Arrays.stream(method.getDeclaredAnnotations()).anyMatch(ContainerCalls::isOne)
                || TypeHierarchy.interfacesOf(targetClass)
                        .filter(ContainerCalls::isOfLifecycle)
                        .anyMatch(type -> TypeHierarchy.declares(type, method, targetClass));
    }

    private static boolean isOne(Annotation annotation) {
        return ANNOTATIONS.contains(annotation.annotationType().getName());
    }

    private static boolean isOfLifecycle(Class<?> type) {
        String name = type.getPackageName();
        return (AutoCloseable.class.isAssignableFrom(type) && type.getName().startsWith("java."))
                || name.startsWith("org.springframework.beans")
                || name.startsWith("org.springframework.context")
                || name.equals("org.springframework.core");
    }
}
