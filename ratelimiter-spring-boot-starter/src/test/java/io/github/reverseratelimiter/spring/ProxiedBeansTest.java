package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.spring.kinds.Elsewhere;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** Which beans are limited, whatever they are made of, and what is said where none can be. */
class ProxiedBeansTest {

    @Test
    void theProductOfAFactoryBean() {
        with(Beans.class, (context, store) -> {
            context.getBean("made", Remote.class).call();

            assertThat(store.calls).hasSize(1);
        });
    }

    @Test
    void aProxyThatTheApplicationMade() {
        with(Beans.class, (context, store) -> {
            Remote remote = context.getBean("handmade", Remote.class);
            remote.call();

            assertThat(AopUtils.isJdkDynamicProxy(remote)).isTrue();
            assertThat(store.calls).hasSize(1);
        });
    }

    @Test
    void aJdkProxyThatIsNotSprings() {
        with(Beans.class, (context, store) -> {
            context.getBean("jdk", Remote.class).call();

            assertThat(store.calls).hasSize(1);
        });
    }

    @Test
    void aScopedBeanOncePerCall() {
        with(Beans.class, (context, store) -> {
            context.getBean("scoped", Client.class).call();

            assertThat(store.calls).hasSize(1);
        });
    }

    @Test
    void aBeanOfTwoNamesOncePerCall() {
        with(Beans.class, (context, store) -> {
            context.getBean("alsoClient", Client.class).call();

            assertThat(store.calls).hasSize(1);
        });
    }

    @Test
    void aProxyAroundABeanOncePerCall() {
        with(Beans.class, (context, store) -> {
            context.getBean("around", Remote.class).call();
            context.getBean("aroundByName", Remote.class).call();

            assertThat(store.calls).hasSize(2);
        });
    }

    @Test
    void eachPrototype() {
        with(Beans.class, (context, store) -> {
            context.getBean("prototype", Client.class).call();
            context.getBean("prototype", Client.class).call();

            assertThat(store.calls).hasSize(2);
        });
    }

    @Test
    void methodsThatAreNotPublic() {
        with(Beans.class, (context, store) -> {
            context.getBean("client", Client.class).packagePrivate();
            context.getBean("client", Client.class).guarded();

            assertThat(store.calls).hasSize(2);
        });
    }

    @Test
    void passOnCheckedExceptionsAsTheyAre() {
        with(
                Beans.class,
                (context, store) -> assertThatExceptionOfType(IOException.class)
                        .isThrownBy(
                                () -> context.getBean("client", Client.class).failing())
                        .withMessage("mine"));
    }

    @Test
    void explainThatAFinalClassHasNoInterfaceButOneOfLifecycle() {
        Contexts.memory()
                .withBean(FinalCloseable.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("FinalCloseable.call()")
                        .contains("is final and implements no interface"));
    }

    @Test
    void explainThatNoInterfaceOfAFinalClassHasTheMethod() {
        Contexts.memory()
                .withBean(FinalWithAnother.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("FinalWithAnother.alone()")
                        .contains("No interface of ", "FinalWithAnother has the method")
                        .contains("Declare it in one"));
    }

    @Test
    void explainThatNoInterfaceHasTheMethodWhereProxiesAreJdkProxies() {
        Contexts.memory()
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(WithAnother.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("WithAnother.alone()")
                        .contains("No interface of ", "WithAnother has the method")
                        .contains("spring.aop.proxy-target-class"));
    }

    @Test
    void explainThatAPackagePrivateMethodIsOutOfReachInAnotherPackage() {
        Contexts.memory()
                .withBean(Elsewhere.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("WithAPackagePrivateMethod.call()")
                        .contains("The method is package-private, and " + Elsewhere.class.getName()
                                + " is in another package")
                        .contains("protected or public"));
    }

    @Test
    void areClassesWithoutInterfaceEvenWhereProxiesAreJdkProxies() {
        Contexts.memory()
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(Client.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void areNotTouchedIfSwitchedOff() {
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(FinalClass.class)
                .withBean(Client.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(FinalClass.class).call()).isEqualTo("called");
                    assertThat(context.getBean(Client.class).getClass()).isEqualTo(Client.class);
                });
    }

    private static void with(Class<?> configuration, BiConsumer<AssertableApplicationContext, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withUserConfiguration(configuration).run(context -> test.accept(context, store));
    }

    interface Remote {

        @ReverseRateLimited(window = "1h", limit = 2)
        void call();
    }

    interface Another {

        void other();
    }

    static class Client {

        @ReverseRateLimited(window = "1h", limit = 2)
        public void call() {}

        @ReverseRateLimited(window = "1h", limit = 2)
        void packagePrivate() {}

        @ReverseRateLimited(window = "1h", limit = 2)
        protected void guarded() {}

        @ReverseRateLimited(window = "1h", limit = 2)
        public void failing() throws IOException {
            throw new IOException("mine");
        }
    }

    static final class FinalClass {

        @ReverseRateLimited(window = "1h", limit = 2)
        public String call() {
            return "called";
        }
    }

    static final class FinalCloseable implements AutoCloseable {

        @ReverseRateLimited(window = "1h", limit = 2)
        public void call() {}

        @Override
        public void close() {}
    }

    static final class FinalWithAnother implements Another {

        @ReverseRateLimited(window = "1h", limit = 2)
        public void alone() {}

        @Override
        public void other() {}
    }

    static class WithAnother implements Another {

        @ReverseRateLimited(window = "1h", limit = 2)
        public void alone() {}

        @Override
        public void other() {}
    }

    static class RemoteFactory implements FactoryBean<Remote> {

        @Override
        public Remote getObject() {
            return () -> {};
        }

        @Override
        public Class<?> getObjectType() {
            return Remote.class;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        RemoteFactory made() {
            return new RemoteFactory();
        }

        @Bean
        Remote handmade() {
            ProxyFactory factory = new ProxyFactory((Remote) () -> {});
            return (Remote) factory.getProxy();
        }

        @Bean
        Remote jdk() {
            return (Remote) Proxy.newProxyInstance(
                    Remote.class.getClassLoader(), new Class<?>[] {Remote.class}, (proxy, method, args) -> null);
        }

        @Bean
        Client client() {
            return new Client();
        }

        @Bean
        Client alsoClient(@Qualifier("client") Client client) {
            return client;
        }

        @Bean
        Remote around(@Qualifier("handmade") Remote handmade) {
            return (Remote) new ProxyFactory(handmade).getProxy();
        }

        @Bean
        ProxyFactoryBean aroundByName() {
            ProxyFactoryBean factory = new ProxyFactoryBean();
            factory.setTargetName("handmade");
            factory.setInterfaces(Remote.class);
            return factory;
        }

        @Bean
        @Scope("prototype")
        Client prototype() {
            return new Client();
        }

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Client scoped() {
            return new Client();
        }
    }
}
