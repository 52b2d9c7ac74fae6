package io.github.reverseratelimiter.spring.redis;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** A factory whose connections do not let on that they are Lettuce's: as with a client that blocks. */
public final class BlockingFactory {

    private BlockingFactory() {}

    /** On this factory. */
    public static RedisConnectionFactory of(RedisConnectionFactory factory) {
        return proxy(RedisConnectionFactory.class, factory);
    }

    private static <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                BlockingFactory.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("getNativeConnection")) {
                        return "blocking";
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                    return result instanceof RedisConnection connection
                                    && method.getReturnType() == RedisConnection.class
                            ? proxy(RedisConnection.class, connection)
                            : result;
                }));
    }
}
