package io.github.reverseratelimiter.spring.kinds;

import java.util.function.UnaryOperator;

/**
 * The limited methods of a bean, whatever kind of bean it is. Each answers with {@link #ANSWER}.
 *
 * @param denied has two credits an hour and does not wait
 * @param waiting has one credit in 100 ms, and waits up to ten seconds
 * @param replaced has one credit an hour and {@link #INSTEAD} as its fallback
 */
record Calls(UnaryOperator<String> denied, UnaryOperator<String> waiting, UnaryOperator<String> replaced) {

    static final String ANSWER = "called";
    static final String INSTEAD = "instead";
}
