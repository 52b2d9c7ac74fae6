package io.github.reverseratelimiter.spring.aop;

/**
 * A value, and how it is written. Two are equal if their values are: 1s is 1000ms.
 *
 * @param text for messages, with placeholders replaced
 * @param value what it comes to
 * @param <T> type of the value
 */
record Written<T>(String text, T value) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Written<?> written && value.equals(written.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
