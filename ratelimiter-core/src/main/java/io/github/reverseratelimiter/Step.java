package io.github.reverseratelimiter;

import java.util.List;

/** What a caller does next on its way to an answer, having given back what came too late. */
sealed interface Step {

    /** What came too late. */
    List<Credit> unused();

    /** Ask the store. */
    record Ask(Asking asking, List<Credit> unused) implements Step {}

    /** Do nothing for so long. */
    record Sleep(long nanos, List<Credit> unused) implements Step {}

    /** Do nothing until the store calls, or for so long. */
    record Queue(long nanos, Seat seat, List<Credit> unused) implements Step {}

    /** Take the declared answer: the store has answered, but its answers are of no use. */
    record Unusable(CreditStoreException cause, List<Credit> unused) implements Step {}

    /** Done. */
    record Done(Acquisition answer, List<Credit> unused) implements Step {}
}
