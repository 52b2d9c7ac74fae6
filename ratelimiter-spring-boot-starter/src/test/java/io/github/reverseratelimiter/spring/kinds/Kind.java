package io.github.reverseratelimiter.spring.kinds;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * A row of the table in docs/annotation.md.
 *
 * @param name as the table has it
 * @param template of its classes
 * @param beans classes of beans, and configurations
 * @param called types of the beans that are called
 * @param returns what its methods may return
 * @param properties of the application
 */
public record Kind(
        String name,
        Template template,
        List<String> beans,
        List<String> called,
        Set<Returns> returns,
        List<String> properties) {

    private static final Set<Returns> ALL = EnumSet.allOf(Returns.class);

    /** What clients may return that know nothing but values. */
    private static final Set<Returns> VALUES = EnumSet.of(Returns.VALUE, Returns.NOTHING);

    /** Of a client that knows all types. */
    public static Kind ofClient(String name, Template template, String configuration, String client) {
        return new Kind(name, template, List.of(configuration), List.of(client), ALL, List.of());
    }

    /** Of a client that knows nothing but values. */
    public static Kind ofBlockingClient(String name, Template template, String configuration, String client) {
        return ofClient(name, template, configuration, client).returning(VALUES);
    }

    static Stream<Kind> all() {
        return Stream.of(
                of("method of a class", "Classes$Annotated"),
                of("protected or package-private method", "Classes$NotPublic"),
                of("method inherited from a superclass", "Classes$Inheriting"),
                of("method that overrides an annotated one", "Classes$Overriding"),
                of("method of an interface, implemented by a class", "Classes$Implementing"),
                of("the same behind a JDK proxy (`spring.aop.proxy-target-class=false`)", "Classes$Implementing")
                        .called("Remote")
                        .with("spring.aop.proxy-target-class=false"),
                of("default method of an interface", "Classes$Defaulting"),
                of("method of a generic interface, called through it", "Classes$OfGeneric")
                        .called("Classes$Generic"),
                of("method of a generic interface, called on the class", "Classes$OfGeneric"),
                of("final class with an interface", "Classes$FinalImplementing").called("Remote"),
                of("record with an interface", "Classes$OfRecord").called("Remote"),
                of("composed annotation with `@AliasFor`", "Classes$Composed"),
                of("annotation on a class", "Types$Denied", "Types$Waiting", "Types$Replaced"),
                of("annotation on an interface, `@Bean` lambda", "Clients$OfTypes")
                        .called("Types$DeniedRemote", "Types$WaitingRemote", "Types$ReplacedRemote"),
                of("JDK proxy made by the application", "Clients$Jdk").called("Remote"),
                of("product of a `FactoryBean`", "Clients$Factory").called("Remote"),
                of("`@HttpExchange` client of a `RestClient`", "Clients$Blocking")
                        .called("Remote")
                        .returning(VALUES),
                of("`@HttpExchange` client of a `WebClient`", "Clients$Reactive")
                        .called("Remote"),
                of("OpenFeign client", "Clients$Feign").called("Remote").returning(VALUES),
                of("scoped proxy", "Classes$Scoped").called("Classes$Annotated"));
    }

    private static Kind of(String name, String... beans) {
        return new Kind(name, Template.STARTER, List.of(beans), List.of(beans), ALL, List.of());
    }

    private Kind called(String... types) {
        return new Kind(name, template, beans, List.of(types), returns, properties);
    }

    private Kind returning(Set<Returns> some) {
        return new Kind(name, template, beans, called, some, properties);
    }

    private Kind with(String... some) {
        return new Kind(name, template, beans, called, returns, List.of(some));
    }

    /** Puts such a bean into an application. */
    ApplicationContextRunner into(ApplicationContextRunner application, Returns type) {
        return application
                .withClassLoader(template.type(called.get(0), type).getClassLoader())
                .withPropertyValues(properties.toArray(String[]::new))
                .withUserConfiguration(types(beans, type).toArray(Class<?>[]::new));
    }

    /** The types of the beans that are called, where they return this. */
    List<? extends Class<?>> called(Returns type) {
        return types(called, type);
    }

    private List<? extends Class<?>> types(List<String> names, Returns type) {
        return names.stream().map(each -> template.type(each, type)).toList();
    }

    /** The first line of the table. */
    static String head() {
        return "| Kind | "
                + Arrays.stream(Returns.values()).map(Returns::column).collect(Collectors.joining(" | ")) + " |";
    }

    /** As the table has it. */
    public String row() {
        StringBuilder row = new StringBuilder("| " + name + " |");
        for (Returns each : Returns.values()) {
            row.append(returns.contains(each) ? Outcome.row() : " –").append(" |");
        }
        return row.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
