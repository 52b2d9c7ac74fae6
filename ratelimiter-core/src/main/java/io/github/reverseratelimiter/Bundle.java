package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one call, to be granted all or none: one for each key. All wait alike.
 *
 * @param requests of different keys
 * @param indices where each key stood first in the caller's list
 * @param seat under which the store counts the call until it ends; null if it does not
 */
record Bundle(
        List<CreditRequest> requests,
        List<Integer> indices,
        @Nullable Seat seat) {

    /** Most keys of one call: the script looks at all of them in one step, which holds up the server. */
    static final int MAX_KEYS = 16;

    private static final List<Integer> ONLY = List.of(0);
    private static final String GIVE_REQUESTS = "give List.of(CreditRequest.of(key, limit)), for example";

    static Bundle of(CreditRequest request) {
        return new Bundle(List.of(request), ONLY, null);
    }

    /**
     * With the requests of one key merged into one.
     *
     * @throws IllegalArgumentException if there are none or too many, or they do not agree
     */
    static Bundle of(List<CreditRequest> all) {
        if (Check.given(all, "requests", GIVE_REQUESTS).isEmpty()) {
            throw new IllegalArgumentException("at least one request is needed: " + GIVE_REQUESTS);
        }
        Map<CreditKey, CreditRequest> merged = new LinkedHashMap<>();
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            CreditRequest request = Check.given(all.get(i), "request " + i, GIVE_REQUESTS);
            checkWaiting(all.get(0), request);
            CreditRequest known = merged.get(request.key());
            if (known == null) {
                indices.add(i);
            }
            merged.put(request.key(), known == null ? request : merge(known, request));
        }
        if (merged.size() > MAX_KEYS) {
            throw new IllegalArgumentException("at most " + MAX_KEYS + " keys can be asked for together but there are "
                    + merged.size() + Check.of(all.get(0).key().limiter()) + ": ask for fewer at once");
        }
        Bundle bundle = new Bundle(List.copyOf(merged.values()), List.copyOf(indices), null);
        bundle.checkFlows();
        return bundle;
    }

    private void checkFlows() {
        if (!several()) {
            return;
        }
        for (CreditRequest request : requests) {
            if (request.flow().countsCallsInFlight()) {
                throw new IllegalArgumentException("calls in flight are counted for one key at a time"
                        + Check.of(request.key().limiter())
                        + ": ask for this key alone, or leave out max-in-flight and count-until completion");
            }
        }
    }

    private static void checkWaiting(CreditRequest first, CreditRequest other) {
        if (!first.waiting().equals(other.waiting())) {
            throw new IllegalArgumentException("requests that are made together must wait alike but one waits with "
                    + text(first.waiting()) + Check.of(first.key().limiter()) + " and another with "
                    + text(other.waiting()) + Check.of(other.key().limiter()) + ": give all of them the same waiting");
        }
    }

    private static String text(Waiting waiting) {
        if (waiting instanceof Waiting.UpTo upTo) {
            return "maxWait " + Durations.text(upTo.maxWait());
        }
        if (waiting instanceof Waiting.Retries again) {
            return "retries " + again.retries()
                    + again.interval()
                            .map(value -> ", retryInterval " + Durations.text(value))
                            .orElse("")
                    + again.maxWait()
                            .map(value -> ", maxWait " + Durations.text(value))
                            .orElse("");
        }
        return "none";
    }

    /** All windows of both; of one window the smaller limit, and the larger margin that fits them all. */
    private static CreditRequest merge(CreditRequest one, CreditRequest other) {
        if (one.credits() != other.credits()) {
            throw new IllegalArgumentException("requests of one key must ask for the same credits but ask for "
                    + one.credits() + " and " + other.credits()
                    + Check.of(one.key().limiter())
                    + ": a call costs the same in each of its windows; give one number, or different keys");
        }
        Map<Long, RateLimit> limits = new TreeMap<>();
        for (List<RateLimit> each : List.of(one.limits(), other.limits())) {
            for (RateLimit limit : each) {
                limits.merge(limit.windowMicros(), limit, (a, b) -> a.limit() <= b.limit() ? a : b);
            }
        }
        List<RateLimit> all = List.copyOf(limits.values());
        Duration larger = one.margin().compareTo(other.margin()) > 0 ? one.margin() : other.margin();
        return new CreditRequest(
                one.key(),
                all,
                CreditRequest.defaultMargin(all, larger),
                one.credits(),
                one.waiting(),
                one.flow().and(other.flow()));
    }

    /** The same call, counted under this seat. */
    Bundle in(Seat taken) {
        return new Bundle(requests, indices, taken);
    }

    CreditRequest first() {
        return requests.get(0);
    }

    /** The request of that number in the caller's list, as {@link Acquisition.Denied#request} tells it. */
    CreditRequest numbered(int index) {
        return requests.get(Math.max(0, indices.indexOf(index)));
    }

    /** Whether there are several keys: then nobody waits in a line. */
    boolean several() {
        return requests.size() > 1;
    }

    Waiting waiting() {
        return first().waiting();
    }

    /** Whether its call is counted until it has ended. */
    boolean flies() {
        return first().flow().countsCallsInFlight();
    }

    /** Whether it does not matter when credits are used: there are no windows, or they count until the call has ended. */
    boolean mayBeLate() {
        return first().flow().countUntil() == CountUntil.COMPLETION
                || first().limits().isEmpty();
    }

    /** What all of the providers forgive. */
    Duration leastMargin() {
        Duration least = first().margin();
        for (int i = 1; i < requests.size(); i++) {
            Duration margin = requests.get(i).margin();
            least = margin.compareTo(least) < 0 ? margin : least;
        }
        return least;
    }

    /** What would be left of the least limit if nobody else had taken any. */
    int mostRemaining() {
        int most = Integer.MAX_VALUE;
        for (CreditRequest request : requests) {
            for (RateLimit limit : request.limits()) {
                most = Math.min(most, limit.limit() - request.credits());
            }
        }
        return most;
    }

    /** One request for each limiter. */
    List<CreditRequest> perLimiter() {
        if (!several()) {
            return requests;
        }
        Map<String, CreditRequest> first = new LinkedHashMap<>();
        requests.forEach(request -> first.putIfAbsent(request.key().limiter(), request));
        return List.copyOf(first.values());
    }

    /** For messages: the limiters, not the keys. */
    String forLimiters() {
        List<String> names = limiterNames();
        return switch (names.size()) {
            case 0 -> " for credits";
            case 1 -> " for limiter " + names.get(0);
            default -> " for limiters " + String.join(", ", names);
        };
    }

    /** For the end of a message: the limiters, not the keys; nothing for the nameless one. */
    String ofLimiters() {
        List<String> names = limiterNames();
        return switch (names.size()) {
            case 0 -> "";
            case 1 -> " (limiter " + names.get(0) + ")";
            default -> " (limiters " + String.join(", ", names) + ")";
        };
    }

    private List<String> limiterNames() {
        List<String> names = new ArrayList<>();
        for (CreditRequest request : perLimiter()) {
            String name = request.key().limiter();
            if (!name.isEmpty()) {
                names.add("'" + name + "'");
            }
        }
        return names;
    }
}
