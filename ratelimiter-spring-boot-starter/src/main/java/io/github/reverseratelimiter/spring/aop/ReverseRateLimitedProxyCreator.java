package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Puts beans with {@link ReverseRateLimited} methods behind a proxy that takes the credits, and reads their annotations
 * when they are created: a wrong one stops the start.
 *
 * <p>It is the innermost of all advice: what a cache answers costs nothing, and each attempt of a retry costs a credit.
 * A wait inside a transaction holds its connection.
 */
public final class ReverseRateLimitedProxyCreator extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1L;

    private final transient Map<Class<?>, List<Method>> annotated = new ConcurrentHashMap<>();
    private final transient RateLimitedOperations operations;
    private final transient BooleanSupplier enabled;

    /**
     * Asks its suppliers late, so that it draws no other bean into the beginning of the start.
     *
     * @param beans resolves placeholders, and beans in key expressions
     * @param enabled whether the annotations do anything
     * @param limiter gives the credits
     * @param margin of requests that name none
     */
    public ReverseRateLimitedProxyCreator(
            ConfigurableBeanFactory beans,
            BooleanSupplier enabled,
            Supplier<ReverseRateLimiter> limiter,
            Supplier<Duration> margin) {
        this.operations = new RateLimitedOperations(new OperationReader(beans, limiter, margin));
        this.enabled = enabled;
        setBeforeExistingAdvisors(false);
        this.advisor = new DefaultPointcutAdvisor(
                new AnnotatedMethods(), new ReverseRateLimitedInterceptor(operations, enabled, limiter));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof AopInfrastructureBean)) {
            check(AopUtils.getTargetClass(bean));
        }
        return super.postProcessAfterInitialization(bean, beanName);
    }

    private void check(Class<?> type) {
        List<Method> methods = annotated(type);
        if (methods.isEmpty() || !enabled.getAsBoolean()) {
            return;
        }
        boolean subclassed = RateLimitedMethods.isSubclassed(type, isProxyTargetClass());
        for (Method method : methods) {
            RateLimitedMethods.checkReachable(method, type, subclassed);
            operations.of(method, type);
        }
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return !annotated(targetClass).isEmpty();
    }

    private List<Method> annotated(Class<?> type) {
        return annotated.computeIfAbsent(type, RateLimitedMethods::annotated);
    }

    /** Records and other final classes have no subclass: they are proxied by their interfaces. */
    @Override
    protected ProxyFactory prepareProxyFactory(Object bean, String beanName) {
        ProxyFactory factory = super.prepareProxyFactory(bean, beanName);
        if (factory.isProxyTargetClass()
                && Modifier.isFinal(bean.getClass().getModifiers())
                && ClassUtils.getAllInterfaces(bean).length > 0) {
            factory.setProxyTargetClass(false);
        }
        return factory;
    }

    private static final class AnnotatedMethods extends StaticMethodMatcherPointcut {

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return RateLimitedMethods.find(method, targetClass) != null;
        }
    }
}
