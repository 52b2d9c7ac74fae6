package io.github.reverseratelimiter.memory;

/**
 * A request that is queued for, or was called up and does not know it yet.
 *
 * @param id of the request
 * @param lease whose call it is
 * @param completion whether its credits count until the call has ended; else they get their time when its caller comes
 * @param credits how many
 * @param cap how many calls may be in flight with it; 0 for any number
 * @param terms by which it is called up, whoever makes the trip
 * @param deadline for no later time is it granted
 * @param at for when it was called up
 */
record Ticket(long id, long lease, boolean completion, int credits, int cap, Terms terms, long deadline, long at) {

    Ticket until(long other, int otherCap, Terms otherTerms) {
        return new Ticket(id, lease, completion, credits, otherCap, otherTerms, other, at);
    }

    Ticket calledFor(long time) {
        return new Ticket(id, lease, completion, credits, cap, terms, deadline, time);
    }

    /** Which instance hears of it. */
    int instance() {
        return (int) lease;
    }
}
