package io.github.reverseratelimiter.benchmarks.startup;

import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;

/** Puts the least advice around annotated methods, with or without AspectJ. */
final class FloorProxyCreator extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1;

    FloorProxyCreator(ObjectProvider<AtomicInteger> count) {
        MethodInterceptor counting = call -> {
            count.getObject().incrementAndGet();
            return call.proceed();
        };
        advisor = new DefaultPointcutAdvisor(AnnotationMatchingPointcut.forMethodAnnotation(Counted.class), counting);
        setProxyTargetClass(true);
    }
}
