package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.util.List;
import java.util.Optional;

/** A store under judgement: one key of it, asked at times that the test makes up. Times are microseconds. */
interface Subject {

    /** Decides the requests of a call. */
    Reply take(long time, Call call);

    /** Whether requests can travel together, with one identity for all of them. */
    default boolean knowsTravellers() {
        return false;
    }

    /** Decides the requests of a call, whose own identities do not count. */
    default Reply takeTogether(long time, Call call) {
        throw new UnsupportedOperationException();
    }

    /** Decides the only request of a call together with one of another key, which has room: as without waiting. */
    Reply takeWithAnother(long time, Call call);

    /** Drops credits that were granted for {@code at}. */
    int refund(long time, int credits, long at);

    /** Holds the key for {@code duration} from now. */
    long pause(long time, long duration);

    /** A call has ended. */
    boolean ended(long time, Call call);

    /** A call is not made that was granted. */
    boolean notMade(long time, Call call, long request);

    /** Nobody waits for a request any more. */
    boolean withdrawn(long time, Call call, long request);

    /** A lease goes on. */
    boolean goesOn(long time, Call call);

    /** Whether the state says that there are calls in flight, where that can be seen. */
    Optional<Boolean> flies();

    /** Who was told by the last operation that he may ask again, where that can be seen. */
    Optional<List<Long>> told();

    /** Whether the state has expired at this time; where nobody can see it, {@code false}. */
    boolean expired(long time);

    /** Whether expiry can be seen from outside. */
    boolean showsExpiry();

    /** What was wrong with the state after the last operation, if it should have been left as it was or not. */
    void inspect(boolean mayWrite, long neededUntil);

    /** A new key. */
    void fresh();
}
