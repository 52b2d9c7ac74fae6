package io.github.reverseratelimiter.spring.kinds;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy.UsingLookup;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import net.bytebuddy.implementation.MethodCall;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A bean that is generated with an annotation on it.
 *
 * @param type of the bean
 * @param called the type whose method is called
 * @param body of its method
 */
record GeneratedBean(Class<?> type, Class<?> called, InvocationHandler body) {

    private static final ClassLoadingStrategy<ClassLoader> HERE = UsingLookup.of(MethodHandles.lookup());
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Where the annotation stands. */
    enum Stands {
        METHOD_OF_A_CLASS,
        CLASS,
        METHOD_OF_AN_INTERFACE,
        INTERFACE,
        METHOD_OF_A_CLIENT,
        CLIENT;

        boolean onType() {
            return this == CLASS || this == INTERFACE || this == CLIENT;
        }

        boolean ofClass() {
            return this == METHOD_OF_A_CLASS || this == CLASS;
        }

        boolean ofClient() {
            return this == METHOD_OF_A_CLIENT || this == CLIENT;
        }
    }

    /** What the method returns. */
    enum Returns {
        VALUE(String.class) {
            @Override
            Object answer(String answer) {
                return answer;
            }

            @Override
            Object failure(RuntimeException failure) {
                throw failure;
            }
        },
        FUTURE(CompletableFuture.class) {
            @Override
            Object answer(String answer) {
                return CompletableFuture.completedFuture(answer);
            }

            @Override
            Object failure(RuntimeException failure) {
                return CompletableFuture.failedFuture(failure);
            }
        },
        MONO(Mono.class) {
            @Override
            Object answer(String answer) {
                return Mono.just(answer);
            }

            @Override
            Object failure(RuntimeException failure) {
                return Mono.error(failure);
            }
        },
        FLUX(Flux.class) {
            @Override
            Object answer(String answer) {
                return Flux.just(answer);
            }

            @Override
            Object failure(RuntimeException failure) {
                return Flux.error(failure);
            }
        };

        private final Class<?> type;

        Returns(Class<?> type) {
            this.type = type;
        }

        abstract Object answer(String answer);

        abstract Object failure(RuntimeException failure);

        @Nullable
        Object result(@Nullable Object returned) {
            if (returned instanceof CompletableFuture<?> future) {
                return future.join();
            }
            if (returned instanceof Mono<?> mono) {
                return mono.block();
            }
            return returned instanceof Flux<?> flux ? flux.blockFirst() : returned;
        }
    }

    /** What the fallbacks come to. */
    public static final class Fallbacks {

        private Fallbacks() {}

        public static String value(String account) {
            return Answers.INSTEAD;
        }

        public static CompletableFuture<String> future(String account) {
            return CompletableFuture.completedFuture(Answers.INSTEAD);
        }

        public static Mono<String> mono(String account) {
            return Mono.just(Answers.INSTEAD);
        }

        public static Flux<String> flux(String account) {
            return Flux.just(Answers.INSTEAD);
        }
    }

    static GeneratedBean of(Stands stands, Returns returns, AttributeRow row) throws ReflectiveOperationException {
        AnnotationDescription annotation = annotation(row);
        InvocationHandler body = (proxy, method, arguments) -> method.isDefault()
                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                : row.failing()
                        ? returns.failure(new UncheckedIOException(new IOException("refused")))
                        : returns.answer(Answers.CALLED);
        if (stands.ofClass()) {
            DynamicType.Builder<?> builder =
                    new ByteBuddy().subclass(Object.class).name(name(stands));
            var method = builder.defineMethod("call", returns.type, Visibility.PUBLIC)
                    .withParameter(String.class, "account")
                    .intercept(InvocationHandlerAdapter.of(body));
            Class<?> type = load(
                    stands.onType() ? method.annotateType(annotation) : method.annotateMethod(annotation), returns);
            return new GeneratedBean(type, type, body);
        }
        DynamicType.Builder<?> builder = new ByteBuddy().makeInterface().name(name(stands));
        var method = builder.defineMethod("call", returns.type, Visibility.PUBLIC)
                .withParameter(String.class, "account")
                .withoutCode();
        Class<?> called =
                load(stands.onType() ? method.annotateType(annotation) : method.annotateMethod(annotation), returns);
        return stands.ofClient()
                ? new GeneratedBean(
                        Proxy.newProxyInstance(called.getClassLoader(), new Class<?>[] {called}, body)
                                .getClass(),
                        called,
                        body)
                : new GeneratedBean(implementation(called, returns, body), called, body);
    }

    private static Class<?> implementation(Class<?> called, Returns returns, InvocationHandler body) {
        return new ByteBuddy()
                .subclass(called)
                .name(called.getName() + "Client")
                .defineMethod("call", returns.type, Visibility.PUBLIC)
                .withParameter(String.class, "other")
                .intercept(InvocationHandlerAdapter.of(body))
                .make()
                .load(GeneratedBean.class.getClassLoader(), HERE)
                .getLoaded();
    }

    private static String name(Stands stands) {
        return GeneratedBean.class.getPackageName() + "." + stands + COUNT.incrementAndGet();
    }

    private static Class<?> load(DynamicType.Builder<?> builder, Returns returns) throws ReflectiveOperationException {
        Method fallback = Fallbacks.class.getMethod(returns.name().toLowerCase(Locale.ROOT), String.class);
        return builder.defineMethod("instead", returns.type, Visibility.PUBLIC)
                .withParameter(String.class, "account")
                .intercept(MethodCall.invoke(fallback).withAllArguments())
                .make()
                .load(GeneratedBean.class.getClassLoader(), HERE)
                .getLoaded();
    }

    private static AnnotationDescription annotation(AttributeRow row) {
        AnnotationDescription.Builder builder = AnnotationDescription.Builder.ofType(ReverseRateLimited.class);
        for (var attribute : row.attributes().entrySet()) {
            if (attribute.getValue() instanceof String text) {
                builder = builder.define(attribute.getKey(), text);
            } else if (attribute.getValue() instanceof Integer number) {
                builder = builder.define(attribute.getKey(), number);
            } else if (attribute.getValue() instanceof Boolean flag) {
                builder = builder.define(attribute.getKey(), flag);
            } else {
                builder = builder.defineTypeArray(attribute.getKey(), (Class<?>[]) attribute.getValue());
            }
        }
        return builder.build();
    }

    /** As the bean "client". */
    void register(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean("client", type(), this::make);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T make() {
        try {
            return (T)
                    (Proxy.isProxyClass(type)
                            ? Proxy.newProxyInstance(called.getClassLoader(), new Class<?>[] {called}, body)
                            : type.getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the method, on the proxy. */
    @Nullable
    Object call(Object bean, String account) throws Throwable {
        try {
            return called.getMethod("call", String.class).invoke(bean, account);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
