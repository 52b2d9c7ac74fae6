package io.github.reverseratelimiter;

import java.util.List;

/** Uses a raw type. */
public final class Offender {

    private Offender() {}

    /** Whether it is empty. */
    public static boolean isEmpty(List list) {
        return list.isEmpty();
    }
}
