package io.github.reverseratelimiter;

import java.util.Collection;
import java.util.List;

/** Counts what a provider with a sliding window would count. */
public final class BusiestWindow {

    private BusiestWindow() {}

    /** The most of these times that lie in any half-open interval of this length, in the same unit. */
    public static int of(Collection<Long> times, long length) {
        List<Long> sorted = times.stream().sorted().toList();
        int most = 0;
        int first = 0;
        for (int last = 0; last < sorted.size(); last++) {
            while (sorted.get(last) - sorted.get(first) >= length) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
