package io.github.reverseratelimiter.benchmarks.layout;

import java.util.ArrayList;
import java.util.List;

/** The rule the scripts implement, without any cleverness: the last {@code limit} times of each window, in lists. */
final class Model {

    private final List<Window> windows;
    private final List<List<Long>> times = new ArrayList<>();
    private long total;

    Model(List<Window> windows) {
        this.windows = windows;
        windows.forEach(window -> times.add(new ArrayList<>()));
    }

    /** Code, time, remaining and the time of one further credit, as the scripts answer. */
    List<Long> take(long now, int credits, long maxWait) {
        long at = earliest(now, credits);
        if (at - now > maxWait) {
            return List.of(1L, at, remaining(now), at);
        }
        for (int i = 0; i < windows.size(); i++) {
            List<Long> ring = times.get(i);
            for (int n = 0; n < credits; n++) {
                ring.add(at);
            }
            while (ring.size() > windows.get(i).limit()) {
                ring.remove(0);
            }
        }
        total += credits;
        return List.of(0L, at, remaining(now), earliest(now, 1));
    }

    long refund(long at) {
        for (List<Long> ring : times) {
            if (ring.lastIndexOf(at) < 0) {
                return 0;
            }
        }
        for (int i = 0; i < windows.size(); i++) {
            List<Long> ring = times.get(i);
            boolean fellOut = total > ring.size();
            long bound = Math.min(
                    ring.get(0), ring.get(ring.size() - 1) - windows.get(i).span());
            ring.remove(ring.lastIndexOf(at));
            if (fellOut) {
                ring.add(0, bound);
            }
        }
        total--;
        return 1;
    }

    private long earliest(long now, int credits) {
        long at = now;
        for (int i = 0; i < windows.size(); i++) {
            List<Long> ring = times.get(i);
            if (!ring.isEmpty()) {
                at = Math.max(at, ring.get(ring.size() - 1));
            }
            int index = ring.size() + credits - windows.get(i).limit() - 1;
            if (index >= 0) {
                at = Math.max(at, ring.get(index) + windows.get(i).span());
            }
        }
        return at;
    }

    private long remaining(long now) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < windows.size(); i++) {
            long horizon = now - windows.get(i).span();
            long inside = times.get(i).stream().filter(time -> time > horizon).count();
            least = Math.min(least, windows.get(i).limit() - inside);
        }
        return Math.max(0, least);
    }
}
