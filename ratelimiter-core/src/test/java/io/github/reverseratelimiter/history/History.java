package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.RateLimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened to one key, and its judge. It believes no counter, only times: those that were granted, and, soundly,
 * those when callers asked and went (a grant took effect somewhere between: only what lies in a window as a whole counts).
 */
public final class History {

    /** How far two clocks of one machine, read through a connection, may lie apart. */
    static final long CLOCK_ERROR_MICROS = 1_000;

    private final List<Grant> grants;
    private final List<Trip> trips;
    private final List<Loss> losses;

    History(List<Grant> grants, List<Trip> trips) {
        this(grants, trips, List.of());
    }

    private History(List<Grant> grants, List<Trip> trips, List<Loss> losses) {
        this.losses = losses;
        this.grants =
                grants.stream().sorted(Comparator.comparingLong(Grant::at)).toList();
        this.trips = trips.stream()
                .sorted(Comparator.comparingLong(Trip::now).thenComparingLong(Trip::at))
                .toList();
    }

    /** Of grants alone, among which the store forgot what it had granted: each time allows one further limit. */
    public static History withLosses(List<Grant> grants, List<Loss> losses) {
        return new History(grants, List.of(), losses);
    }

    List<Grant> grants() {
        return grants;
    }

    List<Trip> trips() {
        return trips;
    }

    long credits() {
        return grants.stream().mapToLong(Grant::credits).sum();
    }

    /** Windows that hold too much, grants told too early, orders that were not kept: nothing, if all is well. */
    public List<String> violations(List<RateLimit> limits) {
        List<String> found = new ArrayList<>();
        for (RateLimit limit : limits) {
            overByTimesGranted(limit, found);
            overByTimesSeen(limit, found);
        }
        for (Grant grant : grants) {
            if (grant.returned() < grant.at() - CLOCK_ERROR_MICROS) {
                found.add("told " + (grant.at() - grant.returned()) + " us too early: " + grant);
            }
        }
        outOfOrder(found);
        return found;
    }

    private void overByTimesGranted(RateLimit limit, List<String> found) {
        long sum = 0;
        int first = 0;
        for (Grant grant : grants) {
            sum += grant.credits();
            while (grants.get(first).at() + limit.windowMicros() <= grant.at()) {
                sum -= grants.get(first++).credits();
            }
            if (sum > allowed(limit, grants.get(first).at(), grant.at())) {
                found.add("granted " + sum + " for times from "
                        + grants.get(first).at() + " to " + grant.at() + ", limit " + limit);
            }
        }
    }

    private long allowed(RateLimit limit, long from, long to) {
        return limit.limit()
                * (1 + losses.stream().filter(loss -> loss.touches(from, to)).count());
    }

    private void overByTimesSeen(RateLimit limit, List<String> found) {
        List<Grant> byInvocation =
                grants.stream().sorted(Comparator.comparingLong(Grant::invoked)).toList();
        long length = limit.windowMicros() - 2 * CLOCK_ERROR_MICROS;
        for (int i = 0; i < byInvocation.size(); i++) {
            long begin = byInvocation.get(i).invoked();
            long sum = 0;
            for (int j = i; j < byInvocation.size() && byInvocation.get(j).invoked() < begin + length; j++) {
                if (byInvocation.get(j).returned() < begin + length) {
                    sum += byInvocation.get(j).credits();
                }
            }
            if (sum > allowed(limit, begin, begin + length)) {
                found.add("seen " + sum + " within " + length + " us from " + begin + ", limit " + limit);
            }
        }
    }

    /** Who came later to Redis is granted for a later time, or the same. */
    private void outOfOrder(List<String> found) {
        Map<Long, Integer> dropped = dropped();
        long latest = 0;
        for (Trip trip : trips) {
            if (trip.kind() == Trip.Kind.TAKE && trip.credits() > 0 && !dropped.containsKey(trip.at())) {
                if (trip.at() < latest) {
                    found.add("granted for " + trip.at() + " after " + latest + " had been granted: " + trip);
                }
                latest = Math.max(latest, trip.at());
            }
        }
    }

    private Map<Long, Integer> dropped() {
        Map<Long, Integer> dropped = new HashMap<>();
        for (Trip trip : trips) {
            if (trip.kind() == Trip.Kind.REFUND) {
                dropped.merge(trip.at(), trip.credits(), Integer::sum);
            }
        }
        return dropped;
    }

    /** Credits of one each that were granted later than the rule says, with nothing given back before: never idle. */
    List<String> idle(RateLimit limit) {
        List<String> found = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        for (Trip trip : trips) {
            if (trip.kind() == Trip.Kind.REFUND) {
                return found;
            }
            if (trip.credits() == 0) {
                continue;
            }
            int before = times.size() - limit.limit();
            long earliest = Math.max(trip.now(), times.isEmpty() ? 0 : times.get(times.size() - 1));
            if (before >= 0) {
                earliest = Math.max(earliest, times.get(before) + limit.windowMicros());
            }
            if (trip.at() > earliest && alone(trip)) {
                found.add("granted for " + trip.at() + " what was free at " + earliest);
            }
            times.add(trip.at());
        }
        return found;
    }

    /** Whether its place in the order of Redis is certain. */
    private boolean alone(Trip trip) {
        return trips.stream().filter(other -> other.now() == trip.now()).count() == 1;
    }

    /** Share of the limit that was used, over whole windows after the first. */
    double share(RateLimit limit) {
        if (grants.isEmpty()) {
            return 0;
        }
        long begin = grants.get(0).at() + limit.windowMicros();
        long last = Math.max(
                grants.get(grants.size() - 1).at(), trips.get(trips.size() - 1).now());
        long windows = (last - begin) / limit.windowMicros();
        long end = begin + windows * limit.windowMicros();
        long sum = grants.stream()
                .filter(grant -> grant.at() >= begin && grant.at() < end)
                .mapToLong(Grant::credits)
                .sum();
        return windows == 0 ? 0 : sum / (double) (windows * limit.limit());
    }

    /** Credits of the idlest caller in proportion to those of the busiest. */
    double fairness() {
        Map<String, Integer> sums = new HashMap<>();
        grants.forEach(grant -> sums.merge(grant.caller(), grant.credits(), Integer::sum));
        return sums.values().stream().mapToInt(Integer::intValue).min().orElse(0)
                / (double)
                        sums.values().stream().mapToInt(Integer::intValue).max().orElse(1);
    }
}
