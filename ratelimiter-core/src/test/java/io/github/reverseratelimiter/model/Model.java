package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a store must answer, by brute force over the list of all grants, written from the rules of docs/design.md alone. It judges an
 * answer, then takes it over: a store that errs on the safe side where it may is not led apart from the model.
 */
final class Model {

    private static final int IDENTITIES = 6;

    private static final class Identity {
        private final long id;
        private long at;

        Identity(long id, long at) {
            this.id = id;
            this.at = at;
        }
    }

    private Grants grants = new Grants();
    private List<Watched> windows = List.of();
    private Deque<Identity> identities = new ArrayDeque<>();
    private boolean exists;
    private long last;
    private long adj;
    private long notBefore;
    private long held;
    private long lastAdded;
    /** The latest time ever granted. */
    private long peak;

    private boolean refunded;
    /** Until then a store may keep the state. */
    private long latestExpiry;

    private long granted;
    private long exactAnswers;

    /** The state has expired. */
    void forget() {
        grants = new Grants();
        peak = 0;
        refunded = false;
        windows = List.of();
        identities = new ArrayDeque<>();
        notBefore = 0;
        held = 0;
        exists = false;
        last = 0;
        adj = 0;
    }

    Grants grants() {
        return grants;
    }

    long granted() {
        return granted;
    }

    long exactAnswers() {
        return exactAnswers;
    }

    /** Whether anything was ever given back: then a store knows some times only roughly. */
    boolean refunded() {
        return refunded;
    }

    /** By how much the last pause moved the line. */
    long lastAdded() {
        return lastAdded;
    }

    long adjustment() {
        return adj;
    }

    /** Logical time, without the effects of looking. */
    long peek(long time) {
        return Math.max(time + adj, last);
    }

    /** The last identities taken, and for when. */
    List<Long> identities() {
        return identities.stream()
                .map(identity -> identity.id)
                .filter(id -> id > 0)
                .toList();
    }

    /** The state may be thrown away from then on (logical time): every credit has left, and every pause is over. */
    long neededUntil(long margin) {
        long until = notBefore;
        for (Watched window : windows) {
            until = Math.max(until, grants.newest() + window.span + margin);
        }
        return exists ? until : 0;
    }

    /** From then on nothing of the state can matter to anybody who names windows up to this length. */
    long horizon(long longest) {
        return Math.max(latestExpiry, Math.max(peak, notBefore) + 3 * longest);
    }

    private long logical(long time) {
        long now = time + adj;
        if (now < last) {
            adj += last - now;
            now = last;
        }
        return now;
    }

    /** Whether looking at this time moves the clock of the state. */
    boolean steps(long time) {
        return exists && time + adj < last;
    }

    /** Judges a reply and takes it over; answers whether anything was taken. */
    boolean take(long time, Call call, Reply reply) {
        long now = logical(time);
        long margin = call.margin().toNanos() / 1_000;
        assertThat(reply.now()).as("logical now").isEqualTo(now);
        List<Watched> views = views(call, now);
        assertThat(reply.held()).as("held").isEqualTo(held);
        flag(call, reply, views);
        grants.trim(now - 5 * views.stream().mapToLong(view -> view.span).max().orElse(0));
        boolean wrote = false;
        for (int i = 0; i < call.requests().size(); i++) {
            wrote |= decide(views, call.requests().get(i), reply.decisions().get(i), margin, now);
        }
        return wrote;
    }

    /** The same for requests that travel together: the store knows one identity for all of them. */
    boolean takeTogether(long time, Call call, Reply reply) {
        Deque<Identity> before = new ArrayDeque<>(identities);
        boolean wrote = take(time, call, reply);
        if (wrote) {
            identities = before;
            remember(new Identity(-1, last));
        }
        return wrote;
    }

    private void flag(Call call, Reply reply, List<Watched> views) {
        if (views.stream().anyMatch(view -> !view.named)) {
            assertThat(reply.otherLimits()).as("others state other limits").isTrue();
        } else if (windows.stream()
                        .allMatch(window ->
                                views.stream().anyMatch(view -> view.span == window.span && view.own == window.limit))
                && windows.size() == call.limits().size()) {
            assertThat(reply.otherLimits()).as("nobody states other limits").isFalse();
        }
    }

    private List<Watched> views(Call call, long now) {
        long horizon = Math.max(now, peak);
        List<Watched> views = new ArrayList<>();
        for (Watched window : windows) {
            Watched view = window.copy();
            view.settle(now, grants);
            for (RateLimit limit : call.limits()) {
                if (limit.windowMicros() == view.span) {
                    view.state(limit.limit(), grants.total(), horizon);
                }
            }
            if (view.named || view.seen + 2 * view.span > now) {
                views.add(view);
            }
        }
        for (RateLimit limit : call.limits()) {
            if (views.stream().noneMatch(view -> view.span == limit.windowMicros())) {
                Watched view = new Watched(limit.windowMicros(), limit.limit());
                view.named = true;
                view.seen = now;
                if (grants.total() > 0) {
                    view.fuzzyUntil = horizon + 2 * view.span;
                }
                views.add(view);
            }
        }
        return views;
    }

    private boolean decide(List<Watched> views, Request request, Decision decision, long margin, long now) {
        for (Identity identity : identities) {
            if (identity.id == request.id()) {
                assertThat(decision).as("a request that arrives twice").isInstanceOf(Decision.Taken.class);
                assertThat(decision.at())
                        .as("time of a request that arrives twice")
                        .isEqualTo(identity.at);
                follow(views, decision, margin, now);
                return false;
            }
        }
        long from = earliest(views, request.credits(), margin, now, false);
        long to = earliest(views, request.credits(), margin, now, true);
        assertThat(decision.at())
                .as("the earliest time for %s credits, from %s to %s, now %s", request.credits(), from, to, now)
                .isBetween(from, to);
        if (from == to) {
            exactAnswers++;
        }
        longestWait(views, request, decision, margin, now);
        boolean fits = decision.at() - now <= request.maxWait();
        assertThat(decision)
                .as("a wait of %s where at most %s are wanted", decision.at() - now, request.maxWait())
                .isInstanceOf(
                        fits ? Decision.Taken.class : notBefore > now ? Decision.Paused.class : Decision.Refused.class);
        if (fits) {
            add(views, request, decision.at(), now);
        }
        follow(views, decision, margin, now);
        return fits;
    }

    /** After a clock that stepped back, as ever: one window and the line. */
    private void longestWait(List<Watched> views, Request request, Decision decision, long margin, long now) {
        long line = Math.max(0, Math.max(peak, notBefore) - now);
        long longest = 0;
        for (Watched view : views) {
            longest = Math.max(
                    longest, request.credits() > view.own ? view.seen + 2 * view.span - now : view.span + margin);
        }
        assertThat(decision.at() - now).as("longest wait").isLessThanOrEqualTo(line + longest);
    }

    private void follow(List<Watched> views, Decision decision, long margin, long now) {
        assertThat(decision.next())
                .as("next")
                .isBetween(earliest(views, 1, margin, now, false), earliest(views, 1, margin, now, true));
        long most = Long.MAX_VALUE;
        long least = Long.MAX_VALUE;
        for (Watched view : views) {
            long cut = now - view.span - margin;
            long used = grants.after(cut);
            most = Math.min(most, view.own - Math.min(used, view.since));
            long believed = fuzzy(view, now) ? Long.MAX_VALUE / 2 : view.exact() ? view.after(cut) : used + view.q - 1;
            least = Math.min(least, view.own - Math.max(used, believed));
        }
        assertThat((long) decision.remaining())
                .as("remaining")
                .isBetween(refunded ? 0 : Math.max(0, least), Math.max(0, most));
    }

    /** When so many may go by the truth, or by the most careful belief that is allowed. */
    private long earliest(List<Watched> views, int n, long margin, long now, boolean careful) {
        long at = Math.max(Math.max(now, careful ? believedNewest(views, now) : grants.newest()), notBefore);
        for (Watched view : views) {
            if (n > view.own) {
                at = Math.max(at, view.seen + 2 * view.span);
                continue;
            }
            long k = (long) view.own - n + 1;
            long time = careful || k <= view.since ? grants.time(k) : 0;
            if (careful && fuzzy(view, now)) {
                time = Math.max(now, peak);
            } else if (careful && view.exact()) {
                time = Math.max(time, view.time(k));
            } else if (careful) {
                time = grants.time(Math.max(1, k - view.q + 1));
                time = k > grants.total() ? 0 : time;
            }
            if (time > 0) {
                at = Math.max(at, time + view.span + margin);
            }
        }
        return at;
    }

    /** A refund may bring back credits whose times had fallen out: then the end of the line is not known exactly. */
    private long believedNewest(List<Watched> views, long now) {
        long least = Long.MAX_VALUE;
        for (Watched view : views) {
            if (!fuzzy(view, now)) {
                least = Math.min(least, view.exact() ? view.time(1) : 0);
            }
        }
        return Math.max(grants.newest(), least == Long.MAX_VALUE ? peak : least);
    }

    private static boolean fuzzy(Watched view, long now) {
        return view.fuzzyUntil > now;
    }

    private void add(List<Watched> views, Request request, long at, long now) {
        assertThat(at).as("times never decrease").isGreaterThanOrEqualTo(grants.newest());
        grants.add(request.credits(), at);
        peak = Math.max(peak, at);
        for (Watched view : views) {
            view.add(request.credits(), at);
            if (request.credits() > view.own) {
                // More than another caller's limit at one time: its credits no longer span the window.
                view.fuzzyUntil = Math.max(now, peak) + 2 * view.span;
            }
            if (view.named) {
                view.limit = view.own;
                view.seen = at;
            }
        }
        windows = views;
        remember(new Identity(request.id(), at));
        for (Watched view : views) {
            long need = at + 2 * view.span;
            latestExpiry = Math.max(latestExpiry, need + (need - now) / 4 + 2_000_000);
        }
        last = now;
        exists = true;
        granted += request.credits();
    }

    private void remember(Identity identity) {
        identities.addLast(identity);
        if (identities.size() > IDENTITIES) {
            identities.removeFirst();
        }
    }

    /** Whether a store may take this for the time of credits that nobody has: it knows some times only roughly. */
    boolean mistakable(long at) {
        return windows.stream().anyMatch(window -> window.exact() ? window.at(at) > grants.at(at) : grants.ever(at));
    }

    /** Judges a refund and takes it over; answers whether anything was dropped. */
    boolean refund(long time, int credits, long at, int dropped) {
        if (exists) {
            logical(time);
        }
        int there = grants.at(at);
        assertThat(dropped).as("dropped of %s at %s", there, at).isBetween(0, Math.min(credits, there));
        long now = peek(time);
        if (at > now) {
            int kept = 0;
            for (Watched window : windows) {
                if (window.exact() && !fuzzy(window, last)) {
                    kept = Math.max(kept, window.at(at));
                }
            }
            assertThat(dropped)
                    .as("dropped of %s that still wait, %s of them not far from the end of the line", there, kept)
                    .isGreaterThanOrEqualTo(Math.min(credits, kept));
        }
        if (dropped > 0) {
            refunded = true;
            // A refund has an identity too.
            remember(new Identity(0, 0));
            for (Watched window : windows) {
                // Not what has left the window by now: the clock may step back as far as to the last grant.
                window.settle(last, grants);
                window.remove(dropped, at, grants.total());
                if (!window.exact() || fuzzy(window, last)) {
                    window.fuzzyUntil = Math.max(now, peak) + 2 * window.span;
                }
            }
            grants.remove(dropped, at);
        }
        return dropped > 0;
    }

    /** Judges a pause and takes it over; answers whether it did anything. */
    boolean pause(long time, long duration, long answer) {
        long now = exists ? logical(time) : time;
        long added = now + duration - Math.max(now, notBefore);
        if (added > 0) {
            held += added;
            lastAdded = added;
            notBefore = now + duration;
            latestExpiry = Math.max(latestExpiry + added, notBefore + duration / 4 + 2_000_000);
            grants.hold(now, added);
            peak = peak > now ? peak + added : peak;
            windows.forEach(window -> window.hold(now, added));
            for (Identity identity : identities) {
                if (identity.at > now) {
                    identity.at += added;
                }
            }
            last = now;
            exists = true;
        }
        assertThat(answer).as("held").isEqualTo(held);
        return added > 0;
    }

    /** No interval holds more than the most that was ever allowed, for a window that was watched all along. */
    void bruteForce(long span, int limit) {
        assertThat(grants.most(span)).as("credits in any %s us", span).isLessThanOrEqualTo(limit);
    }
}
