package io.github.reverseratelimiter.spring.kinds;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/**
 * A row of the table in docs/annotation.md.
 *
 * @param name as the table has it
 * @param beans puts a bean of that kind into a context
 * @param calls finds its methods
 */
record Kind(String name, UnaryOperator<ApplicationContextRunner> beans, Function<ApplicationContext, Calls> calls) {

    static Stream<Kind> all() {
        return Stream.of(
                of("method of a class", Classes.Annotated.class, Kind::annotated),
                of(
                        "protected or package-private method",
                        Classes.NotPublic.class,
                        bean -> new Calls(bean::denied, bean::waiting, bean::replaced)),
                of("method inherited from a superclass", Classes.Inheriting.class, Kind::annotated),
                of("method that overrides an annotated one", Classes.Overriding.class, Kind::annotated),
                of("method of an interface, implemented by a class", Classes.Implementing.class, Remote::calls),
                new Kind(
                        "the same behind a JDK proxy (`spring.aop.proxy-target-class=false`)",
                        runner -> runner.withBean(Classes.Implementing.class)
                                .withPropertyValues("spring.aop.proxy-target-class=false"),
                        context -> Remote.calls(context.getBean(Remote.class))),
                of(
                        "default method of an interface",
                        Classes.Defaulting.class,
                        bean -> new Calls(bean::denied, bean::waiting, bean::replaced)),
                new Kind(
                        "method of a generic interface, called through it",
                        runner -> runner.withBean(Classes.OfGeneric.class),
                        context -> {
                            @SuppressWarnings("unchecked")
                            Classes.Generic<String> bean = context.getBean(Classes.Generic.class);
                            return new Calls(bean::denied, bean::waiting, bean::replaced);
                        }),
                of(
                        "method of a generic interface, called on the class",
                        Classes.OfGeneric.class,
                        bean -> new Calls(bean::denied, bean::waiting, bean::replaced)),
                new Kind(
                        "final class with an interface",
                        runner -> runner.withBean(Classes.FinalImplementing.class),
                        context -> Remote.calls(context.getBean(Remote.class))),
                new Kind(
                        "record with an interface",
                        runner -> runner.withBean(Classes.OfRecord.class, () -> new Classes.OfRecord(Calls.ANSWER)),
                        context -> Remote.calls(context.getBean(Remote.class))),
                of(
                        "composed annotation with `@AliasFor`",
                        Classes.Composed.class,
                        bean -> new Calls(bean::denied, bean::waiting, bean::replaced)),
                new Kind(
                        "annotation on a class",
                        runner -> runner.withBean(Types.Denied.class)
                                .withBean(Types.Waiting.class)
                                .withBean(Types.Replaced.class),
                        context -> new Calls(
                                context.getBean(Types.Denied.class)::denied,
                                context.getBean(Types.Waiting.class)::waiting,
                                context.getBean(Types.Replaced.class)::replaced)),
                new Kind(
                        "annotation on an interface, `@Bean` lambda",
                        runner -> runner.withUserConfiguration(Clients.OfTypes.class),
                        context -> new Calls(
                                context.getBean(Types.DeniedRemote.class)::denied,
                                context.getBean(Types.WaitingRemote.class)::waiting,
                                context.getBean(Types.ReplacedRemote.class)::replaced)),
                configured("JDK proxy made by the application", Clients.Jdk.class),
                configured("product of a `FactoryBean`", Clients.Factory.class),
                configured("`@HttpExchange` client", Clients.Http.class),
                configured("OpenFeign client", Clients.Feign.class),
                new Kind(
                        "scoped proxy",
                        runner -> runner.withUserConfiguration(Scoped.class),
                        context -> annotated(context.getBean("scoped", Classes.Annotated.class))));
    }

    private static <T> Kind of(String name, Class<T> type, Function<T, Calls> calls) {
        return new Kind(name, runner -> runner.withBean(type), context -> calls.apply(context.getBean(type)));
    }

    private static Kind configured(String name, Class<?> configuration) {
        return new Kind(
                name,
                runner -> runner.withUserConfiguration(configuration),
                context -> Remote.calls(context.getBean(Remote.class)));
    }

    private static Calls annotated(Classes.Annotated bean) {
        return new Calls(bean::denied, bean::waiting, bean::replaced);
    }

    @Override
    public String toString() {
        return name;
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Classes.Annotated scoped() {
            return new Classes.Annotated();
        }
    }
}
