package io.github.reverseratelimiter.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** The short way to a key that is a parameter ends where the long one does. */
class ParameterKeyTest {

    @ParameterizedTest
    @CsvSource({
        "plain, #account",
        "plain, #name",
        "plain, #p0",
        "plain, #p1",
        "plain, #a0",
        "plain, #a1",
        "crossed, #p0",
        "crossed, #p1",
        "crossed, #a0",
        "crossed, #a1",
        "several, #account",
        "several, #names",
        "several, #p1",
    })
    void isWhatTheExpressionEvaluatesTo(String name, String text) {
        Method method = method(name);
        CallExpression expression = expression(method, text);
        MethodInvocation call = new Call(method, "several".equals(name) ? SEVERAL : new Object[] {"first", "second"});

        ParameterKey parameter = ParameterKey.of(Place.of(method), text);

        assertThat(parameter).isNotNull();
        assertThat(outcome(parameter, call)).isEqualTo(outcome(new SpelKey(expression), call));
        assertThat(parameter.text()).isEqualTo(expression.text());
    }

    private static final Object[] SEVERAL = {"first", new String[] {"second", "third"}};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#account.length()",
                "'a' + #account",
                "#root",
                "#this",
                "'account'",
                "@account",
                "account",
                "#",
                "#p2",
                "#Account"
            })
    void isNotThereForAnythingElse(String text) {
        assertThat(ParameterKey.of(Place.of(method("plain")), text)).isNull();
    }

    @Test
    void isNotThereForAParameterThatIsHiddenByTheRoot() {
        assertThat(ParameterKey.of(Place.of(method("hidden")), "#root")).isNull();
    }

    private static String outcome(KeySource key, MethodInvocation call) {
        try {
            return key.of(call);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private static CallExpression expression(Method method, String text) {
        SpelExpression parsed = new SpelExpressionParser().parseRaw(text);
        return new CallExpression("key", Place.of(method), parsed, (context, name) -> name);
    }

    private static Method method(String name) {
        return Arrays.stream(Methods.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    interface Methods {

        void plain(String account, String name);

        void crossed(String p1, String a0);

        void several(String account, String... names);

        void hidden(String root);
    }

    @SuppressWarnings("ArrayRecordComponent") // as Spring hands them over
    private record Call(Method method, Object[] arguments) implements MethodInvocation {

        @Override
        public Method getMethod() {
            return method;
        }

        @Override
        public Object[] getArguments() {
            return arguments;
        }

        @Override
        public Object proceed() {
            return null;
        }

        @Override
        public Object getThis() {
            return null;
        }

        @Override
        public AccessibleObject getStaticPart() {
            return method;
        }
    }
}
