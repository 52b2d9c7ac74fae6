package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.ProxyFactory;

/** A limited method that its bean calls on itself, which no proxy sees. */
class SelfInvocationTest {

    private static final String HERE = SelfInvocationTest.class.getName() + "$";

    static Stream<Arguments> calls() {
        return Stream.of(
                calls(Direct.class, "Direct.sync", "Direct.call(String)"),
                calls(InALambda.class, "InALambda.sync", "InALambda.call(String)"),
                calls(AsAReference.class, "AsAReference.sync", "AsAReference.call()"),
                calls(InTheConstructor.class, "InTheConstructor.<init>", "InTheConstructor.call()"),
                calls(OfTheSuperclass.class, "OfTheSuperclass.sync", "Direct.call(String)"),
                calls(InTheSuperclass.class, "Template.sync", "InTheSuperclass.call()"),
                calls(ThroughSuper.class, "ThroughSuper.other", "Direct.call(String)"),
                calls(OfAnInterface.class, "OfAnInterface.sync", "Remote.call(Object)"),
                calls(InADefaultMethod.class, "Remote.twice", "Remote.call(Object)"),
                calls(OfAType.class, "OfAType.sync", "OfAType.call()"),
                calls(Recursive.class, "Recursive.call", "Recursive.call()"));
    }

    private static Arguments calls(Class<?> bean, String caller, String callee) {
        return Arguments.of(bean, HERE + caller, HERE + callee);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void isWarnedOf(Class<?> bean, String caller, String callee) {
        assertThat(warnings(bean))
                .filteredOn(text -> text.contains("on " + callee + ": it is called in " + caller + ","))
                .hasSize(1)
                .allSatisfy(text -> assertThat(text)
                        .contains("if that is a call on itself, Spring does not intercept it and no credit is taken")
                        .contains("call it from another bean, or take the credits from the ReverseRateLimiter bean"));
    }

    static List<Class<?>> others() {
        return List.of(Nobody.class, Decorating.class, Overriding.class, OnSomebodyElse.class, Static.class);
    }

    @ParameterizedTest
    @MethodSource("others")
    void isNotSeenWhereThereIsNone(Class<?> bean) {
        assertThat(warnings(bean)).isEmpty();
    }

    @Test
    void isNoneOfASpringClientWhoseDefaultMethodsGoThroughTheProxy() {
        assertThat(warnings(() -> Contexts.memory()
                        .withBean(
                                Remote.class,
                                () -> ProxyFactory.getProxy(Remote.class, (MethodInterceptor) call -> null))
                        .run(context -> assertThat(context).hasNotFailed())))
                .isEmpty();
    }

    @Test
    void isOneOfAnotherClientWhoseDefaultMethodsCallItDirectly() {
        assertThat(warnings(() -> Contexts.memory()
                        .withBean(Remote.class, () -> (Remote<?>) Proxy.newProxyInstance(
                                Remote.class.getClassLoader(),
                                new Class<?>[] {Remote.class},
                                (proxy, method, args) -> null))
                        .run(context -> assertThat(context).hasNotFailed())))
                .hasSize(1)
                .first()
                .asString()
                .contains("it is called in " + HERE + "Remote.twice,");
    }

    @Test
    void isWarnedOfOnceForSeveralBeansOfAClass() {
        assertThat(warnings(() -> Contexts.memory()
                        .withBean("one", Direct.class)
                        .withBean("other", Direct.class)
                        .run(context -> assertThat(context).hasNotFailed())))
                .hasSize(1);
    }

    @Test
    void mayStopTheStart() {
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.misuse=fail")
                .withBean(Direct.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("@ReverseRateLimited on " + HERE + "Direct.call(String) is wrong")
                        .contains("It is called in " + HERE + "Direct.sync, and")
                        .contains("Call it from another bean"));
    }

    @Test
    void mayBeIgnored() {
        assertThat(warnings(() -> Contexts.memory()
                        .withPropertyValues("reverse-rate-limiter.misuse=ignore")
                        .withBean(Direct.class)
                        .run(context -> assertThat(context).hasNotFailed())))
                .isEmpty();
    }

    @Test
    void isNotLookedForWhereLimitingIsSwitchedOff() {
        assertThat(warnings(() -> Contexts.memory()
                        .withPropertyValues("reverse-rate-limiter.enabled=false", "reverse-rate-limiter.misuse=fail")
                        .withBean(Direct.class)
                        .run(context -> assertThat(context).hasNotFailed())))
                .isEmpty();
    }

    private static List<String> warnings(Class<?> bean) {
        return warnings(() -> Contexts.memory()
                .withBean("client", bean)
                .run(context -> assertThat(context).hasNotFailed()));
    }

    private static List<String> warnings(Runnable start) {
        try (Warnings warnings = new Warnings()) {
            start.run();
            return warnings.texts();
        }
    }

    static class Direct {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call(String account) {}

        public void sync() {
            call("acme");
        }
    }

    static class InALambda {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call(String account) {}

        public void sync() {
            List.of("acme").forEach(account -> call(account + "!"));
        }
    }

    static class AsAReference {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}

        public Runnable sync() {
            return this::call;
        }
    }

    static class InTheConstructor {

        InTheConstructor() {
            call();
        }

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}
    }

    static class OfTheSuperclass extends Direct {

        @Override
        public void sync() {
            this.call("acme");
        }
    }

    abstract static class Template {

        public void sync() {
            call();
        }

        public abstract void call();
    }

    static class InTheSuperclass extends Template {

        @Override
        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}
    }

    static class ThroughSuper extends Direct {

        public void other() {
            super.call("acme");
        }
    }

    interface Remote<T> {

        @ReverseRateLimited(limit = 5, window = "1s")
        void call(T account);

        default void twice(T account) {
            call(account);
            call(account);
        }
    }

    static class OfAnInterface implements Remote<String> {

        @Override
        public void call(String account) {}

        public void sync() {
            call("acme");
        }
    }

    static class InADefaultMethod implements Remote<String> {

        @Override
        public void call(String account) {}
    }

    @ReverseRateLimited(limit = 5, window = "1s")
    static class OfAType {

        public void call() {}

        public void sync() {
            call();
        }
    }

    static class Recursive {

        private int pages = 2;

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {
            if (pages-- > 0) {
                call();
            }
        }
    }

    static class Nobody {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call(String account) {
            free();
        }

        public void free() {}
    }

    interface Plain {

        void call();
    }

    static class Decorating implements Plain {

        private final Plain decorated = () -> {};

        @Override
        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {
            decorated.call();
        }
    }

    static class Overriding extends Nobody {

        @Override
        public void call(String account) {
            super.call(account);
        }
    }

    static class OnSomebodyElse {

        private final Direct direct = new Direct();

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call(String account) {}

        public void sync() {
            direct.call("acme");
        }
    }

    static class Static {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}

        static void each(Static other) {
            other.call();
        }
    }
}
