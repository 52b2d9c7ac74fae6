package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** One call to a key: what it names, what it sees, and what it does to the order of grants. */
final class Trip implements Line {

    private final Ledger ledger;
    private final Call call;
    private final long now;
    private final Terms terms;
    private final boolean others;
    /** Kept only if something is granted. */
    private final Windows watched;

    private Sight sight;

    /** Begins with what is due: calls whose lease ran out, and those who may be called up. */
    Trip(Ledger ledger, Call call, long now) {
        this.ledger = ledger;
        this.call = call;
        this.now = now;
        this.terms = Terms.of(call);
        this.others = ledger.windows.differFrom(call, now);
        this.watched = ledger.windows.watchedBy(call, ledger.total + ledger.flights.open(), ledger.total, now);
        this.sight = sight(terms);
        ledger.flights.enter(call.flight().orElse(null), ledger.newest, this);
    }

    private Sight sight(Terms of) {
        return Sight.of(watched, call, of.margin(), now);
    }

    Reply decide() {
        List<Decision> decisions = new ArrayList<>(call.requests().size());
        for (Request request : call.requests()) {
            decisions.add(
                    call.flight().isPresent() ? begin(request, call.flight().get()) : decide(request));
        }
        return reply(decisions);
    }

    /** What {@link #decide()} would answer to the only request, for no later time than now. */
    Reply look() {
        Request request = call.requests().get(0);
        long at = timeOf(request.id())
                .orElseGet(() ->
                        earliest(request.credits(), ledger.flights.queued()).at());
        return reply(List.of(at <= now ? taken(at) : refused(at)));
    }

    private Reply reply(List<Decision> decisions) {
        return new Reply(now, ledger.held, others, decisions);
    }

    private Decision decide(Request request) {
        OptionalLong known = timeOf(request.id());
        if (known.isPresent()) {
            return taken(known.getAsLong());
        }
        Earliest earliest = earliest(request.credits(), ledger.flights.queued());
        if (earliest.unknown() || earliest.at() - now > request.maxWait()) {
            return refused(earliest.at());
        }
        add(request.credits(), earliest.at());
        ledger.flights.pace(earliest.at());
        remember(request.id(), earliest.at());
        return taken(earliest.at());
    }

    private Decision begin(Request request, Flight flight) {
        Flights.Answer answer = ledger.flights.begin(request, flight, this);
        return switch (answer.kind()) {
            case TAKEN -> taken(answer.at());
            case QUEUED -> new Decision.Queued(answer.at(), remaining(), answer.at());
            case REFUSED -> refused(answer.at());
            case LOST -> new Decision.Lost(answer.at(), 0, answer.at());
        };
    }

    private Decision taken(long at) {
        return new Decision.Taken(at, remaining(), next());
    }

    private Decision refused(long at) {
        return ledger.notBefore > now
                ? new Decision.Paused(at, remaining(), next())
                : new Decision.Refused(at, remaining(), next());
    }

    private int remaining() {
        long used = ledger.total + ledger.flights.open();
        return (int) Math.max(0, Math.min(ledger.flights.places(), sight.remaining(used)));
    }

    private long next() {
        return earliest(1, ledger.flights.queued()).at();
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long earliest() {
        return Math.max(now, ledger.notBefore);
    }

    @Override
    public Terms terms() {
        return terms;
    }

    @Override
    public Earliest earliest(int credits, long ahead) {
        return earliest(credits, ahead, terms, sight);
    }

    @Override
    public Earliest earliest(Ticket first) {
        Terms his = first.terms();
        return earliest(first.credits(), 0, his, his.margin() == terms.margin() ? sight : sight(his));
    }

    private Earliest earliest(int credits, long ahead, Terms by, Sight seen) {
        long promised = ledger.flights.promised();
        long paced = ledger.flights.paced();
        long at = Math.max(Math.max(earliest(), ledger.newest), Math.max(ledger.flights.latest(), promised));
        boolean unknown = false;
        if (by.gap() > 0 && paced > 0) {
            unknown = promised > 0;
            at = Math.max(at, (unknown ? Math.max(now, paced) : paced) + credits * by.gap());
        }
        long least = ahead > 0 ? ledger.flights.leastMargin(by.margin()) : by.margin();
        long open = ledger.flights.open();
        return seen.earliest(new Earliest(at, unknown), now, ledger.total, open, ahead, credits, by.margin() - least);
    }

    @Override
    public boolean isTooNarrowFor(int credits) {
        return sight.isTooNarrowFor(credits);
    }

    @Override
    public void add(int credits, long at) {
        addAmong(credits, Math.max(at, ledger.newest));
    }

    @Override
    public void addAmong(int credits, long at) {
        long time = Math.max(at, ledger.newest);
        ledger.windows = watched;
        ledger.keep(sight.add(ledger.total, credits, time, now), now);
        if (at < time) {
            sight.moveBefore(credits, at);
        }
        sight.state(Math.max(ledger.flights.latest(), ledger.flights.promised()));
        ledger.total += credits;
        ledger.newest = time;
        ledger.last = now;
        sight = sight(terms);
    }

    @Override
    public void state(long at) {
        ledger.windows = watched;
        sight.state(at);
    }

    @Override
    public OptionalLong timeOf(long request) {
        return ledger.identities.timeOf(request);
    }

    @Override
    public void remember(long request, long at) {
        ledger.identities.remember(request, at);
        ledger.last = now;
    }

    @Override
    public void keep(long until) {
        ledger.keep(until + sight.widest(), now);
        ledger.last = now;
    }
}
