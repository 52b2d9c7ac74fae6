package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What {@code #root} is in a key expression.
 *
 * @param method the limited method
 * @param target the bean behind the proxy, if there is one
 * @param args the arguments of the call
 */
@SuppressWarnings("ArrayRecordComponent") // expressions say args[0] and args.length
record KeyRoot(
        Method method, @Nullable Object target, @Nullable Object[] args) {}
