package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.PostConstruct;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** An annotation on a class or an interface. */
class AnnotatedTypeTest {

    private static final String NAME = AnnotatedTypeTest.class.getName();

    @Test
    void limitsEachMethodOfAClass() {
        with(Annotated.class, (client, store) -> {
            client.one("acme");
            client.other("acme");

            assertThat(store.calls).hasSize(2);
        });
    }

    @Test
    void isOneBudgetOfTheTypeWhereItNamesNoKey() {
        with(Annotated.class, (client, store) -> {
            client.one("acme");
            client.other("acme");

            assertThat(store.keys()).containsOnly(NAME + "$Annotated");
        });
    }

    @Test
    void isReplacedByOneOnAMethod() {
        with(Annotated.class, (client, store) -> {
            client.own("acme");

            assertThat(store.keys()).containsExactly("own acme");
        });
    }

    @Test
    void limitsMethodsThatAreNotPublic() {
        with(Annotated.class, (client, store) -> {
            client.packagePrivate();
            client.guarded();

            assertThat(store.calls).hasSize(2);
        });
    }

    @Test
    void leavesOutMethodsOfObjectAndStaticOnes() {
        with(Annotated.class, (client, store) -> {
            assertThat(client.toString()).isEqualTo("client");
            Annotated.anyone();

            assertThat(store.calls).isEmpty();
        });
    }

    @Test
    void isInheritedFromASuperclass() {
        with(Inheriting.class, (client, store) -> {
            client.one("acme");
            client.added();

            assertThat(store.keys()).hasSize(2).containsOnly(NAME + "$Annotated");
        });
    }

    @Test
    void namesTheParametersAsItsTypeDoes() {
        with(Renaming.class, (client, store) -> {
            client.call("acme");

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void isReplacedByOneOnASubclass() {
        with(Overriding.class, (client, store) -> {
            client.one("acme");

            assertThat(store.keys()).containsExactly("overriding");
        });
    }

    @Test
    void limitsInheritedMethodsToo() {
        with(AnnotatedSubclass.class, (client, store) -> {
            client.call("acme");

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void limitsTheMethodsOfAnInterfaceInTheClassThatImplementsIt() {
        with(Implementing.class, (client, store) -> {
            client.call("acme");
            client.twice("acme");

            assertThat(store.keys()).containsExactly("acme", "acme");
        });
    }

    @Test
    void limitsNoMethodThatTheAnnotatedInterfaceDoesNotHave() {
        with(Implementing.class, (client, store) -> {
            client.another();

            assertThat(store.calls).isEmpty();
        });
    }

    @Test
    void isThatOfTheInterfaceThatHasTheMethod() {
        with(OfTwo.class, (client, store) -> {
            client.call("acme");
            client.second();

            assertThat(store.keys()).containsExactly("acme", "second");
        });
    }

    @Test
    void limitsTheMethodsOfAGenericInterface() {
        with(OfGeneric.class, (client, store) -> {
            GenericRemote<String> remote = client;
            remote.generic("acme");
            client.generic("acme");

            assertThat(store.keys()).containsExactly("acme", "acme");
        });
    }

    @Test
    void limitsALambda() {
        named("lambda", (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void limitsAJdkProxy() {
        named("jdk", (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void limitsInheritedMethodsOfAClientWithoutATarget() {
        named("client", (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("child");
        });
    }

    @Test
    void mayStandOnAnotherAnnotation() {
        with(Composed.class, (client, store) -> {
            client.call();

            assertThat(store.keys()).containsExactly(NAME + "$Composed");
        });
    }

    @Test
    void leavesOutWhatTheContainerCalls() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean(WithLifecycle.class).run(context -> {
            WithLifecycle bean = context.getBean(WithLifecycle.class);
            assertThat(bean.isRunning()).isTrue();
            assertThat(bean.getOrder()).isEqualTo(3);
            bean.close();

            assertThat(store.calls).isEmpty();

            bean.call("acme");
            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void leavesOutFallbacks() {
        with(WithFallback.class, (client, store) -> {
            client.instead("acme");

            assertThat(store.calls).isEmpty();
        });
    }

    @Test
    void limitsAMethodWhoseFallbackIsItsOwnOverload() {
        with(WithOverload.class, (client, store) -> {
            client.call("acme");
            client.call("acme", new IllegalStateException());

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void namesAFinalPublicMethod() {
        failing(
                WithFinalMethod.class,
                "@ReverseRateLimited on " + NAME + "$WithFinalMethod.last()",
                "The method is final",
                "Leave out 'final'");
    }

    @Test
    void toleratesAFinalMethodThatIsNotPublic() {
        Contexts.memory()
                .withBean(WithFinalGuarded.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesAFinalClassWithoutInterface() {
        failing(FinalClass.class, NAME + "$FinalClass.call()", "is final and implements no interface");
    }

    @Test
    void refusesATypeWithoutAMethod() {
        failing(NoMethod.class, "@ReverseRateLimited on " + NAME + "$NoMethod is wrong", "has no method whose calls");
    }

    @Test
    void namesTheTypeAndTheMethodThatAKeyDoesNotFit() {
        failing(
                UnfitKey.class,
                "@ReverseRateLimited on " + NAME + "$UnfitKey (as read for " + NAME + "$UnfitKey.unfit())",
                "names #account, but the variables known here are [root, this]");
    }

    @Test
    void namesTheTypeOfAWrongOne() {
        failing(WrongWindow.class, "@ReverseRateLimited on " + NAME + "$WrongWindow (", "Window \"60\" has no unit");
    }

    private static void failing(Class<?> bean, String... said) {
        Contexts.memory()
                .withBean(bean)
                .run(context ->
                        assertThat(Analyses.of(context.getStartupFailure())).contains(said));
    }

    private static <T> void with(Class<T> bean, BiConsumer<T, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean(bean).run(context -> test.accept(context.getBean(bean), store));
    }

    private static void named(String bean, BiConsumer<Remote, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store)
                .withUserConfiguration(Beans.class)
                .run(context -> test.accept(context.getBean(bean, Remote.class), store));
    }

    @ReverseRateLimited(window = "1h", limit = 5)
    static class Annotated {

        public void one(String account) {}

        public void other(String account) {}

        @ReverseRateLimited(key = "'own ' + #account", window = "1h", limit = 5)
        public void own(String account) {}

        void packagePrivate() {}

        protected void guarded() {
            hidden();
        }

        private void hidden() {}

        static void anyone() {}

        @Override
        public String toString() {
            return "client";
        }
    }

    static class Inheriting extends Annotated {

        public void added() {}
    }

    @ReverseRateLimited(key = "'overriding'", window = "1h", limit = 5)
    static class Overriding extends Annotated {}

    static class Plain {

        public void call(String account) {}
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5)
    static class AnnotatedSubclass extends Plain {}

    static class Renaming extends AnnotatedSubclass {

        @Override
        public void call(String other) {}
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5)
    interface Remote {

        void call(String account);

        default void twice(String account) {}
    }

    @ReverseRateLimited(key = "'second'", window = "1h", limit = 5)
    interface Second {

        void second();
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5)
    interface GenericRemote<T> {

        void generic(T account);
    }

    @ReverseRateLimited(key = "'child'", window = "1h", limit = 5)
    interface Child extends Parent {}

    interface Parent extends Remote {

        @Override
        void call(String account);
    }

    static class Implementing implements Remote {

        @Override
        public void call(String other) {}

        @Override
        public void twice(String account) {}

        public void another() {}
    }

    static class OfTwo implements Second, Remote {

        @Override
        public void call(String account) {}

        @Override
        public void second() {}
    }

    static class OfGeneric implements GenericRemote<String> {

        @Override
        public void generic(String account) {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ReverseRateLimited(window = "1h", limit = 5)
    @interface GitHubClient {}

    @GitHubClient
    static class Composed {

        public void call() {}
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5)
    static class WithLifecycle implements InitializingBean, SmartLifecycle, Ordered, AutoCloseable {

        private boolean running;

        public void call(String account) {}

        @PostConstruct
        public void prepare() {}

        @Override
        public void afterPropertiesSet() {}

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getOrder() {
            return 3;
        }

        @Override
        public void close() {}
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5, fallbackMethod = "instead")
    static class WithFallback {

        public void call(String account) {}

        public void instead(String account) {}
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5, fallbackMethod = "call")
    static class WithOverload {

        public void call(String account) {}

        public void call(String account, RuntimeException failure) {}
    }

    @ReverseRateLimited(window = "1h", limit = 5)
    static class WithFinalMethod {

        public void call() {}

        public final void last() {}
    }

    @ReverseRateLimited(window = "1h", limit = 5)
    static class WithFinalGuarded {

        public void call() {}

        protected final void last() {}
    }

    @ReverseRateLimited(window = "1h", limit = 5)
    static final class FinalClass {

        public void call() {}
    }

    @ReverseRateLimited(window = "1h", limit = 5)
    static class NoMethod {}

    @ReverseRateLimited(key = "#account", window = "1h", limit = 5)
    static class UnfitKey {

        public void call(String account) {}

        public void unfit() {}
    }

    @ReverseRateLimited(window = "60", limit = 5)
    static class WrongWindow {

        public void call() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Remote lambda() {
            return account -> {};
        }

        @Bean
        Remote jdk() {
            return (Remote) Proxy.newProxyInstance(
                    Remote.class.getClassLoader(), new Class<?>[] {Remote.class}, (proxy, method, args) -> null);
        }

        /** As Spring makes clients of {@code @HttpExchange} interfaces. */
        @Bean
        Child client() {
            return ProxyFactory.getProxy(Child.class, (org.aopalliance.intercept.MethodInterceptor) call -> null);
        }
    }
}
