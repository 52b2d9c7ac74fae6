package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.Set;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * The methods that the interceptor has to look at.
 *
 * <p>A client without a target, as Spring makes it for an interface, is asked with the declaring interface of each method,
 * which does not show an annotation on an interface that inherits it: what was found for a bean counts too.
 */
final class LimitedMethodsPointcut extends StaticMethodMatcherPointcut {

    private final Set<Method> ofInterfaces;

    LimitedMethodsPointcut(Set<Method> ofInterfaces) {
        this.ofInterfaces = ofInterfaces;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return ofInterfaces.contains(method)
                || !RateLimitedMethods.find(method, targetClass).isEmpty();
    }
}
