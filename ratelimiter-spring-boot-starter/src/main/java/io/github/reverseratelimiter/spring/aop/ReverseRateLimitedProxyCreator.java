package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Puts beans with {@link ReverseRateLimited} methods behind a proxy that takes the credits. It reads their annotations
 * when they are created, and at the end of the start those of beans that will be created later, as far as their types
 * are known by then: a wrong one stops the start.
 *
 * <p>It is the innermost of all advice, unless {@link AdvicePosition} says otherwise.
 */
public final class ReverseRateLimitedProxyCreator extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton {

    private static final long serialVersionUID = 1L;

    private final transient Map<Class<?>, LimitedClass> classes = new ConcurrentHashMap<>();
    private final transient Set<Reachability> checked = ConcurrentHashMap.newKeySet();
    private final transient Set<Method> ofInterfaces = ConcurrentHashMap.newKeySet();
    private final transient ConfigurableListableBeanFactory beans;
    private final transient RateLimitedOperations operations;
    private final transient LimitedCalls calls;
    private final transient Supplier<LimitingSettings> settings;
    private final transient NamedSettings named;
    private final transient Misuses misuses;
    private final transient Runnable severalKeys;

    /**
     * Asks its suppliers late, so that it draws no other bean into the beginning of the start.
     *
     * @param beans resolves placeholders, and beans in key expressions
     * @param settings asked at run time, because conditions on beans are frozen in an application processed ahead of time
     * @param limiter gives the credits
     * @param answers tells how calls end
     * @param severalKeys throws {@link io.github.reverseratelimiter.CreditStoreMisconfiguredException} if the store cannot
     *     take credits of several keys together; asked only if a method needs that
     */
    public ReverseRateLimitedProxyCreator(
            ConfigurableListableBeanFactory beans,
            Supplier<LimitingSettings> settings,
            Supplier<ReverseRateLimiter> limiter,
            Supplier<ProviderAnswers> answers,
            Runnable severalKeys) {
        this.severalKeys = severalKeys;
        this.beans = beans;
        this.settings = settings;
        this.named = new NamedSettings(limiter, settings);
        this.operations = new RateLimitedOperations(new OperationReader(beans, named, settings));
        this.calls = new LimitedCalls(operations, new CallCredits(limiter, answers));
        this.misuses = new Misuses(settings);
        this.advisor = new DefaultPointcutAdvisor(
                new LimitedMethodsPointcut(ofInterfaces), new ReverseRateLimitedInterceptor(calls));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof AopInfrastructureBean)) {
            Class<?> type = AopUtils.getTargetClass(bean);
            if (isEligible(type)) {
                if (!settings.get().enabled() || ReverseRateLimitedInterceptor.isIn(bean)) {
                    return bean;
                }
                setBeforeExistingAdvisors(settings.get().advice() == AdvicePosition.OUTERMOST);
                check(type, bean instanceof Advised proxy ? proxy.isProxyTargetClass() : isSubclassed(beanName, type));
            }
        }
        return super.postProcessAfterInitialization(bean, beanName);
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!settings.get().enabled()) {
            return;
        }
        BeansNotMade.forEach(beans, (name, type) -> {
            if (isEligible(type)) {
                check(type, isSubclassed(name, type));
            }
        });
        if (!calls.isEmpty()) {
            var unused = named.limiter().get(); // tells now, not at the first call, if there are several
            operations.compareWith(named);
            operations.checkSeveralKeys(severalKeys);
        }
    }

    /** Each class once, not each of its prototypes. */
    private void check(Class<?> type, boolean subclassed) {
        Reachability reachability = new Reachability(type, subclassed);
        if (checked.contains(reachability)) {
            return;
        }
        List<Method> methods = limited(type).reachable(reachability);
        for (Method method : methods) {
            LimitedCall call = calls.of(method, type);
            if (call != null) {
                misuses.checkTransaction(method, type, call);
            }
            if (method.getDeclaringClass().isInterface()) {
                ofInterfaces.add(method);
            }
        }
        misuses.checkCalls(type, methods);
        checked.add(reachability);
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return !limited(targetClass).isEmpty();
    }

    private LimitedClass limited(Class<?> type) {
        return classes.computeIfAbsent(type, LimitedClass::of);
    }

    /** Whether the proxy of such a bean is a subclass of its class; the other kind has only its interfaces. */
    private boolean isSubclassed(String beanName, Class<?> type) {
        if (!hasProxyInterface(type)) {
            return !type.isInterface();
        }
        return !isFinal(type) && (isProxyTargetClass() || AutoProxyUtils.shouldProxyTargetClass(beans, beanName));
    }

    private boolean hasProxyInterface(Class<?> type) {
        return TypeHierarchy.interfacesOf(type)
                .anyMatch(each -> !isConfigurationCallbackInterface(each)
                        && !isInternalLanguageInterface(each)
                        && each.getMethods().length > 0);
    }

    private static boolean isFinal(Class<?> type) {
        return Modifier.isFinal(type.getModifiers());
    }

    /** Records and other final classes have no subclass: they are proxied by their interfaces. */
    @Override
    protected ProxyFactory prepareProxyFactory(Object bean, String beanName) {
        ProxyFactory factory = super.prepareProxyFactory(bean, beanName);
        if (factory.isProxyTargetClass() && isFinal(bean.getClass()) && hasProxyInterface(bean.getClass())) {
            factory.setProxyTargetClass(false);
        }
        return factory;
    }
}
