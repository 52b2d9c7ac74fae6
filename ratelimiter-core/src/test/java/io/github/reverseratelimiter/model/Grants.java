package io.github.reverseratelimiter.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All credits granted and not given back, as a plain list: so many for this time, oldest first. */
final class Grants {

    private record Entry(long time, int credits) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Set<Long> everGranted = new HashSet<>();
    private long total;

    long total() {
        return total;
    }

    /** Time of the newest credit, 0 if there is none. */
    long newest() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).time();
    }

    /** Time of the {@code k}-th newest credit, 0 if there are not so many. */
    long time(long k) {
        long left = k;
        for (int i = entries.size() - 1; i >= 0; i--) {
            left -= entries.get(i).credits();
            if (left <= 0) {
                return entries.get(i).time();
            }
        }
        return 0;
    }

    /** How many credits are later than this. */
    long after(long cut) {
        long sum = 0;
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).time() > cut; i--) {
            sum += entries.get(i).credits();
        }
        return sum;
    }

    /** How many credits have exactly this time. */
    int at(long time) {
        int sum = 0;
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).time() >= time; i--) {
            if (entries.get(i).time() == time) {
                sum += entries.get(i).credits();
            }
        }
        return sum;
    }

    /** Whether anything was ever granted for this time, perhaps given back since. */
    boolean ever(long time) {
        return everGranted.contains(time);
    }

    void add(int credits, long time) {
        everGranted.add(time);
        entries.add(new Entry(time, credits));
        total += credits;
    }

    void remove(int credits, long time) {
        int left = credits;
        for (int i = entries.size() - 1; i >= 0 && left > 0; i--) {
            Entry entry = entries.get(i);
            if (entry.time() == time) {
                int n = Math.min(left, entry.credits());
                left -= n;
                if (n == entry.credits()) {
                    entries.remove(i);
                } else {
                    entries.set(i, new Entry(time, entry.credits() - n));
                }
            }
        }
        total -= credits - left;
    }

    /** Moves all after {@code now}. */
    void hold(long now, long micros) {
        entries.stream().filter(entry -> entry.time() > now).forEach(entry -> everGranted.add(entry.time() + micros));
        entries.replaceAll(entry -> entry.time() > now ? new Entry(entry.time() + micros, entry.credits()) : entry);
    }

    /** Forgets what is older, but not that it was. */
    void trim(long before) {
        if (entries.size() > 256 && entries.get(entries.size() / 2).time() < before) {
            entries.subList(0, entries.size() / 2).clear();
        }
    }

    /** The times of grants, oldest first. */
    List<Long> times() {
        return entries.stream().map(Entry::time).toList();
    }

    /** The most credits that any half-open interval of this length holds. */
    long most(long span) {
        long most = 0;
        long sum = 0;
        int first = 0;
        for (Entry entry : entries) {
            sum += entry.credits();
            while (entries.get(first).time() + span <= entry.time()) {
                sum -= entries.get(first++).credits();
            }
            most = Math.max(most, sum);
        }
        return most;
    }
}
