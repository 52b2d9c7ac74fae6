package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.support.AopUtils;

/**
 * A method that was not run.
 *
 * @param method the one that would have run
 */
record DeniedMethod(Method method) {

    static DeniedMethod of(MethodInvocation call) {
        return new DeniedMethod(AopUtils.getMostSpecificMethod(call.getMethod(), Invocations.targetClass(call)));
    }

    boolean is(Method other, Class<?> targetClass) {
        return AopUtils.getMostSpecificMethod(other, targetClass).equals(method);
    }
}
