package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;

/** A store under judgement: one key of it, asked at times that the test makes up. Times are microseconds. */
interface Subject {

    /** Decides the requests of a call. */
    Reply take(long time, Call call);

    /** Drops credits that were granted for {@code at}. */
    int refund(long time, int credits, long at);

    /** Holds the key for {@code duration} from now. */
    long pause(long time, long duration);

    /** Whether the state has expired at this time; where nobody can see it, {@code false}. */
    boolean expired(long time);

    /** Whether expiry can be seen from outside. */
    boolean showsExpiry();

    /** What was wrong with the state after the last operation, if it should have been left as it was or not. */
    void inspect(boolean mayWrite, long neededUntil);

    /** A new key. */
    void fresh();
}
