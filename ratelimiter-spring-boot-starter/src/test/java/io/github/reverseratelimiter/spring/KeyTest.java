package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the arguments of a call to its key. */
class KeyTest {

    @Test
    void namesAParameter() {
        with((client, store) -> {
            client.parameter("a", "b");

            assertThat(store.keys()).containsExactly("b");
        });
    }

    @Test
    void numbersParametersWithP() {
        with((client, store) -> {
            client.p("a", "b");

            assertThat(store.keys()).containsExactly("b");
        });
    }

    @Test
    void numbersParametersWithA() {
        with((client, store) -> {
            client.a("a", "b");

            assertThat(store.keys()).containsExactly("b");
        });
    }

    @Test
    void knowsTheArgumentsOfTheRoot() {
        with((client, store) -> {
            client.rootArgs("a", "b");

            assertThat(store.keys()).containsExactly("b2");
        });
    }

    @Test
    void knowsTheMethodOfTheRoot() {
        with((client, store) -> {
            client.rootMethod();

            assertThat(store.keys()).containsExactly("rootMethod");
        });
    }

    @Test
    void knowsTheTargetOfTheRoot() {
        with((client, store) -> {
            client.rootTarget();

            assertThat(store.keys()).containsExactly("tenant of the target");
        });
    }

    @Test
    void asksBeans() {
        with((client, store) -> {
            client.bean("acme");

            assertThat(store.keys()).containsExactly("plan of acme");
        });
    }

    @Test
    void asksTypes() {
        with((client, store) -> {
            client.type(7);

            assertThat(store.keys()).containsExactly("7 of [I");
        });
    }

    @Test
    void takesATextInQuotesAsItIs() {
        with((client, store) -> {
            client.text();

            assertThat(store.keys()).containsExactly("github");
        });
    }

    @Test
    void readsPropertiesOfArguments() {
        with((client, store) -> {
            client.property(new Account("acme", 7));

            assertThat(store.keys()).containsExactly("acme/7");
        });
    }

    @Test
    void readsEntriesOfMapsByName() {
        with((client, store) -> {
            client.entry(Map.of("tenant", "acme"));

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @Test
    void takesTheParameterNamesFromWhereTheAnnotationStands() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean(RenamesItsParameter.class).run(context -> {
            context.getBean(Named.class).call("acme");

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    static List<Object> plainValues() {
        return List.of("acme", 42, 42L, true, 'c', Plan.FREE, new UUID(1, 2), List.of("a", 1), new Account("acme", 7));
    }

    @ParameterizedTest
    @MethodSource("plainValues")
    void takesTheTextOfAPlainValue(Object value) {
        with((client, store) -> {
            client.any(value);

            assertThat(store.keys()).containsExactly(value.toString());
        });
    }

    @Test
    void takesTheTextOfAPath() {
        with((client, store) -> {
            client.any(Path.of("acme", "repos"));

            assertThat(store.keys()).containsExactly(Path.of("acme", "repos").toString());
        });
    }

    @Test
    void takesNothingOutOfWhatCanBeReadOnce() {
        OneShot value = new OneShot();
        with((client, store) -> {
            client.any(value);

            assertThat(value.reads).hasValue(0);
        });
    }

    /** Sets and maps that are equal may iterate in different orders: those of {@code Set.of} do so in each JVM. */
    @Test
    void isTheSameForEqualSets() {
        with((client, store) -> {
            client.any(new LinkedHashSet<>(List.of("a", "b", "c")));
            client.any(new LinkedHashSet<>(List.of("c", "a", "b")));
            client.any(Set.of("b", "c", "a"));

            assertThat(store.keys()).hasSize(3).containsOnly("[a, b, c]");
        });
    }

    @Test
    void isTheSameForEqualMaps() {
        Map<String, Object> there = new LinkedHashMap<>();
        there.put("tenant", "acme");
        there.put("plans", Set.of(1, 2));
        Map<String, Object> back = new LinkedHashMap<>();
        back.put("plans", Set.of(2, 1));
        back.put("tenant", "acme");
        with((client, store) -> {
            client.any(there);
            client.any(back);

            assertThat(store.keys()).hasSize(2).containsOnly("{plans=[1, 2], tenant=acme}");
        });
    }

    @Test
    void keepsTheOrderOfLists() {
        with((client, store) -> {
            client.any(List.of("b", "a"));

            assertThat(store.keys()).containsExactly("[b, a]");
        });
    }

    @Test
    void looksIntoAnOptional() {
        with((client, store) -> {
            client.any(Optional.of("acme"));

            assertThat(store.keys()).containsExactly("acme");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0001\uffff",
                "\ud83d\ude80 \u00fc\u00f1\u00ed",
                "\ud800",
                "a\r\nb",
                "{a}{b}",
                "}{",
                " acme ",
                "T(java.lang.Runtime).getRuntime()",
                "${java.home}",
                "#{1 + 1}"
            })
    void takesAnyText(String key) {
        with((client, store) -> {
            client.any(key);

            assertThat(store.keys()).containsExactly(key);
        });
    }

    @Test
    void neverEvaluatesAnArgument(@TempDir Path directory) {
        Path file = directory.resolve("pwned");
        with((client, store) -> {
            client.any("T(java.nio.file.Files).createFile(T(java.nio.file.Path).of('" + file + "'))");

            assertThat(Files.exists(file)).isFalse();
        });
    }

    @Test
    void refusesARecordWhoseTextDiffersInEachJvm() {
        with((client, store) -> {
            for (Object key : List.of(
                    new Tenant("acme", new byte[] {1}),
                    new Tenant("acme", new Nameless()),
                    new Tenant("acme", new Tenant("acme", new String[0])))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> client.any(key))
                        .withMessageContaining("KeyTest$Tenant, whose component 'detail'")
                        .withMessageContaining("no credit was taken");
            }

            assertThat(store.keys()).isEmpty();
        });
    }

    @Test
    void isTheTextThatARecordGivesItself() {
        with((client, store) -> {
            client.any(new Tenant("acme", 7));
            client.any(new Titled("acme", new byte[] {1}));

            assertThat(store.keys()).containsExactly("Tenant[name=acme, detail=7]", "acme");
        });
    }

    record Tenant(String name, Object detail) {}

    @SuppressWarnings("ArrayRecordComponent") // what the text does not show does not matter
    record Titled(String name, byte[] detail) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> noKeys() {
        return Stream.of(
                        Optional.empty(),
                        new byte[] {1},
                        new String[] {"acme"},
                        new Object(),
                        List.of(new Object()),
                        List.of("a", new int[] {1}),
                        Map.of("a", new Object()),
                        Arrays.asList("a", null),
                        new Nameless())
                .map(value -> Arguments.of(value));
    }

    @ParameterizedTest
    @MethodSource("noKeys")
    void refusesAValueWithoutATextOfItsOwn(Object value) {
        with((client, store) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.any(value))
                    .withMessageContaining("\"#key\"")
                    .withMessageContaining("KeyTest$Client.any(Object)")
                    .withMessageContaining("no credit was taken");

            assertThat(store.keys()).isEmpty();
        });
    }

    @Test
    void refusesNull() {
        with((client, store) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.any(null))
                    .withMessageContaining("key \"#key\" of " + Client.class.getName() + ".any(Object) is null");

            assertThat(store.keys()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n "})
    void refusesBlankText(String key) {
        with((client, store) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.any(key))
                    .withMessageContaining("key must not be")
                    .withMessageContaining("Client.any")
                    .withMessageContaining("no credit was taken");

            assertThat(store.keys()).isEmpty();
        });
    }

    @Test
    void takesNoCreditWhereTheExpressionFails() {
        with((client, store) -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.property(null))
                    .withMessageContaining("#account.id")
                    .withMessageContaining("could not be evaluated; no credit was taken");

            assertThat(store.keys()).isEmpty();
        });
    }

    @Test
    void namesNoValueInItsErrors() {
        with((client, store) -> {
            Throwable failure = catchThrowable(() -> client.any(List.of("acme-secret", new Object())));

            assertThat(failure)
                    .hasStackTraceContaining("KeyTest")
                    .extracting(Throwable::getMessage)
                    .asString()
                    .doesNotContain("acme-secret");
        });
    }

    private static void with(BiConsumer<Client, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store)
                .withBean(Client.class)
                .withBean("plans", Plans.class)
                .run(context -> test.accept(context.getBean(Client.class), store));
    }

    enum Plan {
        FREE
    }

    record Account(String id, int number) {}

    static final class Nameless {}

    static final class OneShot implements Iterable<String> {

        final AtomicInteger reads = new AtomicInteger();

        @Override
        public Iterator<String> iterator() {
            reads.incrementAndGet();
            return List.of("a").iterator();
        }

        @Override
        public String toString() {
            return "acme";
        }
    }

    static class Plans {

        public String of(String account) {
            return "plan of " + account;
        }
    }

    static class Client {

        public String getTenant() {
            return "tenant of the target";
        }

        @ReverseRateLimited(key = "#second", window = "1h", limit = 2)
        public void parameter(String first, String second) {}

        @ReverseRateLimited(key = "#p1", window = "1h", limit = 2)
        public void p(String first, String second) {}

        @ReverseRateLimited(key = "#a1", window = "1h", limit = 2)
        public void a(String first, String second) {}

        @ReverseRateLimited(key = "#root.args[1] + args.length", window = "1h", limit = 2)
        public void rootArgs(String first, String second) {}

        @ReverseRateLimited(key = "#root.method.name", window = "1h", limit = 2)
        public void rootMethod() {}

        @ReverseRateLimited(key = "#root.target.tenant", window = "1h", limit = 2)
        public void rootTarget() {}

        @ReverseRateLimited(key = "@plans.of(#account)", window = "1h", limit = 2)
        public void bean(String account) {}

        @ReverseRateLimited(key = "T(String).valueOf(#number) + ' of ' + T(int[]).name", window = "1h", limit = 2)
        public void type(int number) {}

        @ReverseRateLimited(key = "'github'", window = "1h", limit = 2)
        public void text() {}

        @ReverseRateLimited(key = "#account.id + '/' + #account.number", window = "1h", limit = 2)
        public void property(@Nullable Account account) {}

        @ReverseRateLimited(key = "#headers[tenant]", window = "1h", limit = 2)
        public void entry(Map<String, String> headers) {}

        @ReverseRateLimited(key = "#key", window = "1h", limit = 10)
        public void any(@Nullable Object key) {}
    }

    interface Named {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        void call(String account);
    }

    static class RenamesItsParameter implements Named {

        @Override
        public void call(String other) {}
    }
}
