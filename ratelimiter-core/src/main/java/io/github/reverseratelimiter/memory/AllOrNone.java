package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A take of several keys, as {@code credits.lua} has it: all are looked at before anything is written.
 *
 * @param asked in the order of the calls
 */
record AllOrNone(List<Asked> asked) {

    /** All callers lock the keys in this order, so that no two wait for each other. */
    private static final Comparator<CreditKey> ORDER =
            Comparator.comparing(CreditKey::limiter).thenComparing(CreditKey::value);

    /** One key of it. */
    record Asked(Call call, KeyState state) {}

    /** What a key would answer; a request that was seen before has been granted already. */
    private record Look(Trip trip, Reply reply, boolean seen) {

        static Look at(Asked asked, long time) {
            Trip trip = asked.state().trip(asked.call(), time);
            return new Look(
                    trip,
                    trip.look(),
                    asked.state().knows(asked.call().requests().get(0)));
        }

        private Decision decision() {
            return reply.decisions().get(0);
        }

        private Reply answer(Decision decision) {
            return reply.with(List.of(decision));
        }

        private Reply refused() {
            return decision() instanceof Decision.Taken taken
                    ? answer(new Decision.Refused(taken.at(), taken.remaining(), taken.next()))
                    : reply;
        }

        /** It was granted as long ago as with the key that still knows it. */
        private Reply takenBefore(long ago) {
            return seen
                    ? reply
                    : answer(new Decision.Taken(
                            reply.now() - ago,
                            decision().remaining(),
                            decision().next()));
        }
    }

    /** Decides, or answers nothing if one of the states was thrown away meanwhile. */
    @Nullable
    List<Reply> take() {
        List<KeyState> ordered = asked.stream()
                .sorted(Comparator.comparing(each -> each.call().key(), ORDER))
                .map(Asked::state)
                .toList();
        ordered.forEach(KeyState::lock);
        try {
            return ordered.stream().anyMatch(KeyState::isDead) ? null : decide();
        } finally {
            ordered.forEach(KeyState::unlock);
        }
    }

    /** All are locked. The time is read once, so that what is free stays free. */
    private List<Reply> decide() {
        long time = asked.get(0).state().time();
        List<Look> looks = asked.stream().map(each -> Look.at(each, time)).toList();
        Optional<Look> seen = looks.stream().filter(Look::seen).findFirst();
        if (seen.isPresent()) {
            long ago = seen.get().reply().now() - seen.get().decision().at();
            return looks.stream().map(look -> look.takenBefore(ago)).toList();
        }
        if (looks.stream().allMatch(look -> look.decision() instanceof Decision.Taken)) {
            return looks.stream().map(look -> look.trip().decide()).toList();
        }
        return looks.stream().map(Look::refused).toList();
    }
}
