package io.github.reverseratelimiter;

/**
 * Whose allowance is spent: the identity of a state in a store. Two requests with the same name and key share one
 * budget, wherever they are made.
 *
 * @param limiter name of the limiter, one per provider; empty for the nameless one. ASCII letters, digits and {@code . _ - /
 *     # $ @}, at most 100 of them
 * @param value the key itself, any text that is not blank; may be personal data, so it appears in no message
 */
public record CreditKey(String limiter, String value) {

    private static final int MAX_NAME = 100;

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException if the key is empty or blank, or the name holds other characters
     */
    public CreditKey {
        Check.given(limiter, "limiter name", "give \"\" for the nameless limiter");
        checkName(limiter);
        if (value == null) {
            throw new IllegalArgumentException(
                    "key must not be null" + Check.of(limiter) + ": give the account in whose name the call is made");
        }
        if (value.isBlank()) {
            throw new IllegalArgumentException("key must not be " + (value.isEmpty() ? "empty" : "blank")
                    + Check.of(limiter) + ": give the account in whose name the call is made");
        }
    }

    private static void checkName(String name) {
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException("limiter name must have at most " + MAX_NAME + " characters but "
                    + Check.quoted(name) + " has " + name.length() + ": give a shorter name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!allowed(c)) {
                throw new IllegalArgumentException("limiter name must be made of letters (a to z, A to Z), digits"
                        + " and ._-/#$@ but was " + Check.quoted(name) + ": leave out "
                        + Check.quoted(String.valueOf(c)));
            }
        }
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-/#$@".indexOf(c) >= 0;
    }

    /** Names the limiter, not the key: keys may be personal data. */
    @Override
    public String toString() {
        return "key of limiter '" + limiter + "'";
    }
}
