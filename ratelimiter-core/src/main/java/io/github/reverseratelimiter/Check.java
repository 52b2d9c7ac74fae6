package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/** What callers hand in, and how an error speaks of it: what, with which value, and what to do. */
final class Check {

    private static final int LONGEST_QUOTE = 120;

    private Check() {}

    /**
     * The value, which must be there.
     *
     * @throws IllegalArgumentException if it is null
     */
    static <T> T given(@Nullable T value, String what, String remedy) {
        if (value == null) {
            throw new IllegalArgumentException(what + " must not be null: " + remedy);
        }
        return value;
    }

    /** Names a limiter at the end of a clause; nothing for the nameless one. */
    static String of(String limiter) {
        return limiter.isEmpty() ? "" : " (limiter '" + limiter + "')";
    }

    /** Text that is not checked yet, in quotes, on one line and not too long for a message. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTE); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST_QUOTE ? "...'" : "'").toString();
    }
}
