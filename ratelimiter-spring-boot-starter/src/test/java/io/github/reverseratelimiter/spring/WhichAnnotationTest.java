package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;

/** Which annotation counts where a method has or inherits more than one, and where it stands on another annotation. */
class WhichAnnotationTest {

    @Test
    void theNearestOfClassAndInterface() {
        with(Direct.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("class of acme");
        });
    }

    @Test
    void theNearestEvenIfItIsComposed() {
        with(Composed.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("composed");
        });
    }

    @Test
    void theOneOfTheInterfaceIfTheClassHasNone() {
        with(Bare.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("interface of acme");
        });
    }

    @Test
    void theOneOfTheOverriddenMethodIfTheOverridingHasNone() {
        with(Overriding.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("class of acme");
        });
    }

    @Test
    void theOneOfADefaultMethod() {
        with(Defaulting.class, (remote, store) -> {
            remote.twice("acme");

            assertThat(store.keys()).containsExactly("default of acme");
        });
    }

    @Test
    void aComposedOneTakesItsAttributesFromTheAnnotationItStandsOn() {
        with(Composed.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.calls.get(0).requests().get(0).credits()).isEqualTo(2);
            assertThat(store.calls.get(0).key().limiter()).isEqualTo("github");
        });
    }

    @Test
    void theOneOfAGenericInterface() {
        with(GenericBare.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("generic of acme");
        });
    }

    @Test
    void theOneOfAGenericImplementation() {
        with(GenericDirect.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("implementation of acme");
        });
    }

    @Test
    void theOneOfAnInterfaceThatAnInheritedMethodImplements() {
        with(Inheriting.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("interface of acme");
        });
    }

    @Test
    void theOneOfAGenericInterfaceThatAnInheritedMethodImplements() {
        with(GenericInheriting.class, (remote, store) -> {
            remote.call("acme");

            assertThat(store.keys()).containsExactly("generic of acme");
        });
    }

    @Test
    void theOneOfTheOverloadThatIsCalled() {
        with(Overloads.class, (remote, store) -> {
            remote.call("acme");
            ((Overloads) remote).call("acme", 7);

            assertThat(store.keys()).containsExactly("acme", "acme/7");
        });
    }

    private static void with(Class<? extends Remote<String>> bean, BiConsumer<Remote<String>, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean("remote", bean).run(context -> {
            @SuppressWarnings("unchecked")
            Remote<String> remote = context.getBean(Remote.class);
            test.accept(remote, store);
        });
    }

    interface Remote<T> {

        void call(T account);

        @ReverseRateLimited(key = "'default of ' + #account", window = "1h", limit = 2)
        default void twice(T account) {}
    }

    interface Limited extends Remote<String> {

        @Override
        @ReverseRateLimited(key = "'interface of ' + #account", window = "1h", limit = 2)
        void call(String account);
    }

    interface GenericLimited<T> extends Remote<T> {

        @Override
        @ReverseRateLimited(key = "'generic of ' + #account", window = "1h", limit = 2)
        void call(T account);
    }

    @ReverseRateLimited(key = "'composed'", window = "1h", limit = 2)
    @Retention(RetentionPolicy.RUNTIME)
    @interface GitHubLimited {

        @AliasFor(annotation = ReverseRateLimited.class, attribute = "credits")
        int cost();

        @AliasFor(annotation = ReverseRateLimited.class, attribute = "name")
        String provider() default "github";
    }

    static class Direct implements Limited {

        @Override
        @ReverseRateLimited(key = "'class of ' + #account", window = "1h", limit = 2)
        public void call(String account) {}
    }

    static class Composed implements Limited {

        @Override
        @GitHubLimited(cost = 2)
        public void call(String account) {}
    }

    static class Bare implements Limited {

        @Override
        public void call(String account) {}
    }

    static class Overriding extends Direct {

        @Override
        public void call(String other) {}
    }

    static class Defaulting implements Remote<String> {

        @Override
        public void call(String account) {}
    }

    static class GenericBare implements GenericLimited<String> {

        @Override
        public void call(String account) {}
    }

    static class GenericDirect implements Remote<String> {

        @Override
        @ReverseRateLimited(key = "'implementation of ' + #account", window = "1h", limit = 2)
        public void call(String account) {}
    }

    static class Unlimited {

        public void call(String account) {}
    }

    static class Inheriting extends Unlimited implements Limited {}

    static class GenericUnlimited<T> {

        public void call(T account) {}
    }

    static class GenericInheriting extends GenericUnlimited<String> implements GenericLimited<String> {}

    static class Overloads implements Remote<String> {

        @Override
        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        public void call(String account) {}

        @ReverseRateLimited(key = "#account + '/' + #number", window = "1h", limit = 2)
        public void call(String account, int number) {}
    }
}
