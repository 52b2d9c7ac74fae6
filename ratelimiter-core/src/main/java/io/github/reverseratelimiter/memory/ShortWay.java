package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commonest take: one request, of the windows and limits that were named last, without a pace, and nothing of the key is in flight.
 * It decides what a {@link Trip} would decide, on the rings as they are, and makes nothing but its answer. One for each key, for whoever
 * holds its lock.
 */
final class ShortWay {

    private final Ledger ledger;
    /** What a look has found: when the credits may go, and how many are left of the tightest window. */
    private long earliest;

    private long remaining;

    ShortWay(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Decides; or answers nothing where it takes a {@link Trip}, and has changed nothing then. */
    @Nullable
    Reply take(Call call, long now) {
        if (!isOpenTo(call)) {
            return null;
        }
        Request request = call.requests().get(0);
        long margin = micros(call.margin());
        look(request.credits(), margin, now);
        long at = earliest;
        boolean granted = at - now <= request.maxWait();
        if (granted) {
            grant(request, at, margin, now);
        }
        if (granted || request.credits() > 1) {
            look(1, margin, now);
        }
        return new Reply(now, ledger.held, false, List.of(decision(granted, at, now)));
    }

    private boolean isOpenTo(Call call) {
        if (call.requests().size() != 1
                || call.flight().isPresent()
                || !call.pace().isZero()
                || !ledger.flights.isIdle()) {
            return false;
        }
        Request request = call.requests().get(0);
        return areAsTheyWere(call.limits(), request.credits())
                && ledger.identities.timeOf(request.id()).isEmpty();
    }

    /** Whether these are the windows that were named last, in their order: then all agree, and the rings are large enough. */
    private boolean areAsTheyWere(List<RateLimit> limits, int credits) {
        List<Ring> rings = ledger.windows.rings();
        if (rings.isEmpty() || rings.size() != limits.size()) {
            return false;
        }
        for (int i = 0; i < rings.size(); i++) {
            RateLimit limit = limits.get(i);
            Ring ring = rings.get(i);
            if (ring.limit != limit.limit() || ring.span != limit.windowMicros() || credits > ring.limit) {
                return false;
            }
        }
        return true;
    }

    /** When so many more may go. */
    private void look(int credits, long margin, long now) {
        long latest = Math.max(Math.max(now, ledger.notBefore), ledger.newest);
        long least = Integer.MAX_VALUE;
        List<Ring> rings = ledger.windows.rings();
        for (int i = 0; i < rings.size(); i++) {
            Ring ring = rings.get(i);
            long width = ring.span + margin;
            long left = ring.creditsUpTo(now - width);
            long credit = ledger.total + credits - ring.limit;
            if (credit > left) {
                latest = Math.max(latest, ring.timeOf(credit) + width);
            }
            least = Math.min(least, ring.limit - Math.max(0, ledger.total - left));
        }
        earliest = latest;
        remaining = Math.max(0, least);
    }

    private void grant(Request request, long at, long margin, long now) {
        long until = at;
        List<Ring> rings = ledger.windows.rings();
        for (int i = 0; i < rings.size(); i++) {
            Ring ring = rings.get(i);
            ring.add(ledger.total, request.credits(), at, now);
            ring.seen = at;
            until = Math.max(until, at + ring.span + margin);
        }
        ledger.keep(until, now);
        ledger.total += request.credits();
        ledger.newest = at;
        ledger.last = now;
        ledger.identities.remember(request.id(), at);
    }

    private Decision decision(boolean granted, long at, long now) {
        int left = (int) remaining;
        if (granted) {
            return new Decision.Taken(at, left, earliest);
        }
        return ledger.notBefore > now
                ? new Decision.Paused(at, left, earliest)
                : new Decision.Refused(at, left, earliest);
    }

    /** Rounded up. */
    private static long micros(Duration duration) {
        return (duration.toNanos() + 999) / 1_000;
    }
}
