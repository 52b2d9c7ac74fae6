package io.github.reverseratelimiter.spring.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import org.springframework.core.annotation.MergedAnnotations;

/** Methods that the container calls: an annotation on their class is not about them. */
final class ContainerCalls {

    private static final Set<String> ANNOTATIONS = Set.of(
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy",
            "jakarta.annotation.Resource",
            "jakarta.inject.Inject",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Value");

    /** Of a controller, for a request: what they prepare is not what is limited, and a denial of theirs is not the handler's. */
    private static final Set<String> BESIDE_HANDLERS = Set.of(
            "org.springframework.web.bind.annotation.ExceptionHandler",
            "org.springframework.web.bind.annotation.InitBinder",
            "org.springframework.web.bind.annotation.ModelAttribute");

    private static final String HANDLER = "org.springframework.web.bind.annotation.RequestMapping";

    private ContainerCalls() {}

    /** Whether it is annotated so, or is of an interface of lifecycle: {@code close}, {@code start}, {@code getOrder}. */
    static boolean isOne(Method method, Class<?> targetClass) {
        return Arrays.stream(method.getDeclaredAnnotations()).anyMatch(ContainerCalls::isOne)
                || isBesideHandlers(MergedAnnotations.from(method))
                || TypeHierarchy.interfacesOf(targetClass)
                        .filter(ContainerCalls::isOfLifecycle)
                        .anyMatch(type -> TypeHierarchy.declares(type, method, targetClass));
    }

    private static boolean isOne(Annotation annotation) {
        return ANNOTATIONS.contains(annotation.annotationType().getName());
    }

    private static boolean isBesideHandlers(MergedAnnotations annotations) {
        return BESIDE_HANDLERS.stream().anyMatch(annotations::isPresent) && !annotations.isPresent(HANDLER);
    }

    private static boolean isOfLifecycle(Class<?> type) {
        String name = type.getPackageName();
        return (AutoCloseable.class.isAssignableFrom(type) && type.getName().startsWith("java."))
                || name.startsWith("org.springframework.beans")
                || name.startsWith("org.springframework.context")
                || name.equals("org.springframework.core");
    }
}
