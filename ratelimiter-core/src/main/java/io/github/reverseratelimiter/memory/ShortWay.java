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
 * It decides what a {@link Trip} would decide, on the rings as they are, and makes nothing but its answer. For whoever holds the lock of
 * the key.
 */
final class ShortWay {

    private final Ledger ledger;

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
        long at = earliest(request.credits(), margin, now);
        if (at - now > request.maxWait()) {
            long next = request.credits() == 1 ? at : earliest(1, margin, now);
            return reply(refused(at, next, now), now);
        }
        grant(request, at, margin, now);
        long next = earliest(1, margin, now);
        return reply(new Decision.Taken(at, remaining(), next), now);
    }

    private Reply reply(Decision decision, long now) {
        return new Reply(now, ledger.held, false, List.of(decision));
    }

    private Decision refused(long at, long next, long now) {
        return ledger.notBefore > now
                ? new Decision.Paused(at, remaining(), next)
                : new Decision.Refused(at, remaining(), next);
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
            Ring ring = rings.get(i);
            if (!ring.isNamedBy(limits.get(i)) || credits > ring.limit) {
                return false;
            }
        }
        return true;
    }

    /** When so many more may go. */
    private long earliest(int credits, long margin, long now) {
        long latest = Math.max(Math.max(now, ledger.notBefore), ledger.newest);
        List<Ring> rings = ledger.windows.rings();
        for (int i = 0; i < rings.size(); i++) {
            Ring ring = rings.get(i);
            long width = ring.span + margin;
            long credit = ledger.total + credits - ring.limit;
            if (credit > ring.creditsUpTo(now - width)) {
                latest = Math.max(latest, ring.timeOf(credit) + width);
            }
        }
        return latest;
    }

    /** What is left of the tightest window, as it was looked at last. */
    private int remaining() {
        long least = Integer.MAX_VALUE;
        List<Ring> rings = ledger.windows.rings();
        for (int i = 0; i < rings.size(); i++) {
            Ring ring = rings.get(i);
            least = Math.min(least, ring.limit - Math.max(0, ledger.total - ring.left()));
        }
        return (int) Math.max(0, least);
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

    /** Rounded up. */
    private static long micros(Duration duration) {
        return (duration.toNanos() + 999) / 1_000;
    }
}
