package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.lang.reflect.Method;

/**
 * What an annotated method throws in place of running, a {@link RateLimitExceededException} or a
 * {@link CreditStoreException}: it knows which method was not run. Others of these types come from the limiter bean, or
 * from the application itself.
 */
public sealed interface DeniedCall permits DeniedCallException, UndecidedCallException {

    /**
     * Whether it was this method that did not run; false of an exception that was sent from another JVM.
     *
     * @param method as a caller sees it, perhaps a method of an interface
     * @param targetClass class of the bean behind the proxy
     */
    boolean isOf(Method method, Class<?> targetClass);
}
