package io.github.reverseratelimiter.spring.aop;

import java.util.HashMap;
import java.util.Map;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * A key that is a parameter of the method, as most are: what an expression of that one name evaluates to, without its cost, and
 * without that of SpEL at the start.
 *
 * @param place has the parameter
 * @param text its name, as {@code #account}
 * @param index of the parameter
 */
record ParameterKey(Place place, String text, int index) implements KeySource {

    /** The key of such an expression; null if it is more than a parameter's name. */
    static @Nullable ParameterKey of(Place place, String text) {
        if (!text.startsWith("#")) {
            return null;
        }
        Integer index = parameters(place).get(text.substring(1));
        return index == null ? null : new ParameterKey(place, text, index);
    }

    /** In the order in which Spring sets the variables of an expression: of two with one name, the later counts. */
    private static Map<String, Integer> parameters(Place place) {
        Map<String, Integer> parameters = new HashMap<>();
        @Nullable String[] names = CallExpression.NAMES.getParameterNames(place.method());
        for (int i = 0; i < (names == null ? place.method().getParameterCount() : names.length); i++) {
            parameters.put("a" + i, i);
            parameters.put("p" + i, i);
            String name = names == null ? null : names[i];
            if (name != null) {
                parameters.put(name, i);
            }
        }
        parameters.remove("root");
        parameters.remove("this");
        return parameters;
    }

    @Override
    public String of(MethodInvocation call) {
        Object value = call.getArguments()[index];
        if (value instanceof String known) {
            return known;
        }
        try {
            return KeyText.of(value);
        } catch (IllegalArgumentException e) {
            throw CallExpression.wrong(KeyReader.KEY, text, place, e);
        }
    }
}
