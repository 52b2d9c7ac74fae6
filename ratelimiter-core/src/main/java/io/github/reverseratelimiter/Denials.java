package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the store refused a moment ago: whoever asks for the same, and does not wait, would be refused again. It is believed for a
 * few milliseconds, no longer than the store said, since another instance may give back meanwhile. Who asks for more would be refused
 * too, but has to wait for longer than was said here.
 */
final class Denials {

    /** Of so many keys at most, whichever were refused last: a table that never grows. */
    private static final int KEYS = 1_024;

    private record Denial(CreditRequest request, Reply reply, long decidedNanos, long untilNanos) {

        boolean holdsFor(CreditRequest other, long now) {
            return untilNanos - now > 0
                    && other.credits() == request.credits()
                    && other.key().equals(request.key())
                    && other.limits().equals(request.limits())
                    && other.usedMargin().equals(request.usedMargin())
                    && other.pace().equals(request.pace());
        }

        /** As the store would answer now. Its time stays that of the answer: of pauses since then it tells nothing. */
        Reply at(long now) {
            long ago = Math.max(0, (now - decidedNanos) / 1_000);
            Decision then = reply.decisions().get(0);
            return reply.with(List.of(sooner(then, ago)));
        }

        private static Decision sooner(Decision then, long micros) {
            long at = then.at() - micros;
            long next = then.next() - micros;
            return then instanceof Decision.Paused
                    ? new Decision.Paused(at, then.remaining(), next)
                    : new Decision.Refused(at, then.remaining(), next);
        }
    }

    private final long believedNanos;
    private final AtomicReferenceArray<@Nullable Denial> last = new AtomicReferenceArray<>(KEYS);
    /** Whether there ever was one: a store in memory has none that are worth remembering. */
    private volatile boolean any;

    /** Which are believed for so long; zero for none. */
    Denials(Duration believed) {
        this.believedNanos = believed.toNanos();
    }

    private static int place(CreditKey key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & KEYS - 1;
    }

    /** The refusal of a request that does not wait, if it is known. */
    Optional<Reply> of(CreditRequest request, long now) {
        if (!any) {
            return Optional.empty();
        }
        Denial known = last.get(place(request.key()));
        return known != null && known.holdsFor(request, now) ? Optional.of(known.at(now)) : Optional.empty();
    }

    /** The store answered, deciding at that moment of our clock at the latest. */
    void learn(CreditRequest request, Reply reply, long decidedNanos) {
        Decision decision = reply.decisions().get(0);
        if (believedNanos > 0 && !(decision instanceof Decision.Taken)) {
            long untilNanos = decidedNanos + Math.min(believedNanos, (decision.at() - reply.now()) * 1_000);
            any = true;
            last.set(place(request.key()), new Denial(request, reply, decidedNanos, untilNanos));
        }
    }

    /** Credits of a key were given back, or it is paused. */
    void forget(CreditKey key) {
        last.set(place(key), null);
    }
}
