package io.github.reverseratelimiter;

/** Can never be equal. */
public final class Offender {

    private Offender() {}

    /** Always false. */
    public static boolean same(String text, Integer number) {
        return text.equals(number);
    }
}
