package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Drives each caller's steps: with the calling thread, or without one. */
final class DefaultReverseRateLimiter implements ReverseRateLimiter {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final String GIVE_A_REQUEST = "give CreditRequest.of(key, limit), for example";

    private final CreditStore store;
    private final Map<String, NamedLimiter> limiters;
    private final Duration margin;
    private final Duration storeTimeout;
    private final Patience.Usual patience;
    private final TimeSource time;
    private final Sleeper sleeper;
    private final Executor executor;
    private final @Nullable ForkJoinPool workers;
    private final Handover handover;
    private final Deadlines deadlines;
    private final Waiters waiters;
    private final RemoteClock storeClock;
    private final Trips trips;
    private final Listeners listeners;
    private final Margins margins;
    private final StoreWatch watch;
    private final Undecided undecided;
    private final LateLog lateLog;
    private final AtOnce atOnce;
    private final Confirmations confirmations;
    private final Refunds refunds;
    private final Holds holds = new Holds();
    private final Flights flights;
    private final Underway underway = new Underway();
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    DefaultReverseRateLimiter(ReverseRateLimiterBuilder builder) {
        this.store = builder.store;
        this.margin = builder.margin;
        this.storeTimeout = builder.storeTimeout;
        this.patience = new Patience.Usual(storeTimeout);
        this.time = builder.timeSource;
        this.sleeper = builder.sleeper;
        this.workers = builder.executor == null ? Workers.begin() : null;
        this.executor = builder.executor == null ? Objects.requireNonNull(workers) : builder.executor;
        Executor tasks = this::execute;
        this.handover = new Handover(tasks);
        this.deadlines = new Deadlines(storeTimeout, time, sleeper, tasks);
        this.waiters = new Waiters(builder.maxWaiters);
        this.storeClock = new RemoteClock(time);
        this.listeners = new Listeners(builder.listeners, tasks, this::policy);
        this.flights = new Flights(
                store, builder.lease(), builder.longestCall(), storeTimeout, time, sleeper, tasks, listeners);
        this.margins = new Margins(time, listeners);
        this.limiters = builder.limiters.values().stream()
                .collect(Collectors.toUnmodifiableMap(LimiterSettings::name, each -> named(each, builder)));
        Shares shares = builder.shareCounter == null
                ? null
                : new Shares(builder.shareCounter, builder.expectedInstances, time, storeTimeout);
        this.watch = new StoreWatch(time, storeTimeout, new Notice(listeners, shares, margins::storeChanged));
        store.whenReachable(watch::mayBeBack);
        if (workers != null) {
            // An executor of somebody else's may run one at a time, and wait for room: it gets each by itself.
            store.tellThrough(handover::tell);
        }
        Denials denials = new Denials(builder.rememberDenials);
        this.trips =
                new Trips(store, storeTimeout, time, storeClock, holds, underway, listeners, watch, shares, denials);
        this.lateLog = new LateLog(time);
        this.confirmations = new Confirmations(storeTimeout, sleeper, tasks);
        this.refunds = new Refunds(trips, confirmations, time, storeTimeout);
        this.undecided = new Undecided(time, trips, limiters, builder.onStoreFailure, shares);
        this.atOnce = new AtOnce(trips, watch, undecided, denials, holds, time, patience);
        checkPolicy(Optional.of(builder.onStoreFailure), "");
        builder.limiters.values().forEach(each -> checkPolicy(each.onStoreFailure(), each.name()));
    }

    private NamedLimiter named(LimiterSettings settings, ReverseRateLimiterBuilder builder) {
        if (settings.onStoreFailure().orElse(builder.onStoreFailure) == OnStoreFailure.LOCAL && hasCap(settings)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Limiter '" + settings.name() + "': on-store-failure is local, but a share has no calls in flight:"
                            + " where max-in-flight is set, its calls are denied while the store is away; say deny or"
                            + " allow for this limiter, or leave out max-in-flight");
        }
        return NamedLimiter.configured(this, settings, builder.resolved(settings.name()), margins);
    }

    private static boolean hasCap(LimiterSettings settings) {
        return Stream.concat(Stream.of(settings.plan()), settings.keys().values().stream())
                .anyMatch(plan -> plan.flow().maxInFlight().isPresent());
    }

    @Override
    public Acquisition tryAcquire(String key, RateLimit limit) {
        return acquire(request(key, limit, Waiting.none()));
    }

    @Override
    public Acquisition acquire(String key, RateLimit limit, Duration maxWait) {
        return acquire(request(key, limit, Waiting.upTo(maxWait)));
    }

    private CreditRequest request(String key, RateLimit limit, Waiting waiting) {
        CreditKey creditKey = new CreditKey("", key);
        List<RateLimit> limits = List.of(Check.given(limit, "limit", "give RateLimit.of(limit, window)"));
        return new CreditRequest(creditKey, limits, CreditRequest.defaultMargin(limits, margin), 1, waiting);
    }

    @Override
    public Acquisition acquire(CreditRequest request) {
        return acquire(Bundle.of(Check.given(request, "request", GIVE_A_REQUEST)));
    }

    @Override
    public Acquisition acquireAll(List<CreditRequest> requests) {
        return acquire(Bundle.of(requests));
    }

    private Acquisition acquire(Bundle bundle) {
        if (bundle.flies()) {
            return Joined.of(acquireAsync(bundle), bundle, trips::giveBack);
        }
        begin();
        if (!atOnce.suits(bundle) || Thread.currentThread().isInterrupted()) {
            boolean mayWait = waiters.enterAll(bundle.perLimiter());
            Acquiring acquiring = acquiring(bundle, mayWait, time.nanoTime());
            return drive(acquiring, bundle, mayWait, new BlockedAcquisition(this, acquiring, bundle));
        }
        AtOnce.Outcome outcome = atOnce.ask(bundle);
        if (outcome instanceof AtOnce.Outcome.Answered answered) {
            return answeredAtOnce(bundle, answered.answer());
        }
        AtOnce.Outcome.Begun begun = outcome instanceof AtOnce.Outcome.Sent sent
                ? atOnce.goOn(bundle, sent)
                : (AtOnce.Outcome.Begun) outcome;
        Acquiring acquiring = acquiring(bundle, false, begun.startNanos());
        return drive(acquiring, bundle, false, new BlockedAcquisition(this, acquiring, bundle, begun.trip()));
    }

    private Acquisition answeredAtOnce(Bundle bundle, Acquisition answer) {
        underway.end();
        listeners.answered(bundle, answer, null);
        return answer;
    }

    /** To be told before the caller learns it. */
    void answered(Acquiring acquiring, Bundle bundle, Acquisition answer) {
        int timesLate = acquiring.timesLate();
        if (timesLate > 0) {
            lateLog.tell(bundle, timesLate);
        }
        listeners.answered(bundle, answer, acquiring.storeFailure());
    }

    private Acquisition drive(Acquiring acquiring, Bundle bundle, boolean mayWait, BlockedAcquisition acquisition) {
        Acquisition answer;
        try {
            answer = acquisition.drive();
        } catch (RuntimeException | Error e) {
            over(bundle, mayWait);
            listeners.abandoned(bundle, e);
            throw e;
        }
        over(bundle, mayWait);
        answered(acquiring, bundle, answer);
        return answer;
    }

    private void begin() {
        if (closed.get() || !underway.begin()) {
            throw new IllegalStateException("the limiter is closed");
        }
    }

    private void over(Bundle bundle, boolean mayWait) {
        if (mayWait) {
            waiters.leaveAll(bundle.perLimiter());
        }
        underway.end();
    }

    Acquiring acquiring(Bundle bundle, boolean mayWait, long startNanos) {
        return new Acquiring(bundle, holds, flights, storeClock, patience, mayWait, startNanos);
    }

    static IllegalStateException closedWhileWaiting(Bundle bundle) {
        return new IllegalStateException(
                "the limiter was closed while waiting" + bundle.forLimiters() + ": the credits were given back");
    }

    private OnStoreFailure policy(Bundle bundle) {
        return undecided.policy(bundle);
    }

    /** Asks the store, unless it is known to be away. */
    CompletableFuture<Answer> ask(Bundle bundle, Asking asking) {
        Optional<StoreAwayException> away = watch.away();
        return away.isPresent()
                ? CompletableFuture.failedFuture(away.get())
                : undecided.besideTheStore(bundle, asking, watch.state());
    }

    /** What a trip that failed means: the declared answer where the store is away, an exception where it cannot be used. */
    Step failed(Acquiring acquiring, Bundle bundle, Throwable failure) {
        Throwable cause = Trips.causeOf(failure);
        if (cause instanceof StoreAwayException away) {
            return undecided(acquiring, bundle, away);
        }
        LOG.log(System.Logger.Level.DEBUG, "The store did not decide", failure);
        if (cause instanceof CreditStoreMisconfiguredException misconfigured) {
            CreditStoreMisconfiguredException told = misconfigured.toldTo(bundle);
            watch.refused(acquiring.askedNanos(), told);
            throw told;
        }
        if (cause instanceof CreditStoreException away) {
            if (away.reason() == CreditStoreException.Reason.TIMEOUT && acquiring.hadLittleTime()) {
                return overdue(acquiring, bundle); // a moment before we notice ourselves
            }
            if (away.reason() == CreditStoreException.Reason.FORMAT) {
                // Of this key: others are decided.
                watch.answered(acquiring.askedNanos());
            } else {
                watch.failed(acquiring.askedNanos(), away);
            }
            return undecided(acquiring, bundle, away);
        }
        if (cause instanceof RuntimeException other) {
            throw other;
        }
        throw new CreditStoreException("the store failed: " + cause, cause);
    }

    /** The store has had its time. */
    Step overdue(Acquiring acquiring, Bundle bundle) {
        if (acquiring.hadLittleTime()) {
            return declared(acquiring, bundle, acquiring.hadTooLittleTime());
        }
        CreditStoreException cause = new CreditStoreException(
                CreditStoreException.Reason.TIMEOUT,
                "the store did not answer within " + Durations.text(acquiring.waitedFor())
                        + ": look at its load and the network, or give it more time");
        watch.failed(acquiring.askedNanos(), cause);
        return undecided(acquiring, bundle, cause);
    }

    private Step undecided(Acquiring acquiring, Bundle bundle, CreditStoreException cause) {
        watch.undecided(cause);
        return declared(acquiring, bundle, cause);
    }

    /** What on-store-failure says, where the store did not decide or its answers are of no use. */
    Step declared(Acquiring acquiring, Bundle bundle, CreditStoreException cause) {
        return undecided
                .answer(bundle, cause)
                .map(answer -> acquiring.failed(time.nanoTime(), cause, answer))
                .orElseGet(() -> acquiring.failed(time.nanoTime(), cause));
    }

    /** Whoever counts locally must know its share. */
    void checkPolicy(Optional<OnStoreFailure> policy, String limiter) {
        if (policy.orElse(OnStoreFailure.DENY) == OnStoreFailure.LOCAL && !undecided.hasShares()) {
            throw new IllegalArgumentException("on-store-failure local needs to know the share of this instance"
                    + Check.of(limiter) + ": give localShare(new InMemoryCreditStore(), instances) to the builder");
        }
    }

    @Override
    public CompletableFuture<Acquisition> acquireAsync(CreditRequest request) {
        return acquireAsync(Bundle.of(Check.given(request, "request", GIVE_A_REQUEST)));
    }

    @Override
    public CompletableFuture<Acquisition> acquireAllAsync(List<CreditRequest> requests) {
        return acquireAsync(Bundle.of(requests));
    }

    private CompletableFuture<Acquisition> acquireAsync(Bundle asked) {
        begin();
        if (!asked.flies() && atOnce.suits(asked)) {
            return acquireAtOnce(asked);
        }
        boolean mayWait = waiters.enterAll(asked.perLimiter());
        Bundle bundle = asked.flies() ? asked.in(flights.seat(asked.first())) : asked;
        Acquiring acquiring = acquiring(bundle, mayWait, time.nanoTime());
        AsyncAcquisition acquisition =
                new AsyncAcquisition(this, acquiring, bundle, new CompletableFuture<>(), ended -> {
                    pending.remove(ended);
                    Seat seat = acquiring.bundle().seat();
                    if (seat != null) {
                        flights.leave(seat);
                    }
                    over(bundle, mayWait);
                });
        pending.add(acquisition);
        CompletableFuture<Acquisition> future = acquisition.start();
        if (closed.get()) {
            acquisition.close();
        }
        return future;
    }

    private CompletableFuture<Acquisition> acquireAtOnce(Bundle bundle) {
        AtOnce.Outcome outcome = atOnce.ask(bundle);
        if (outcome instanceof AtOnce.Outcome.Answered answered) {
            return CompletableFuture.completedFuture(answeredAtOnce(bundle, answered.answer()));
        }
        if (outcome instanceof AtOnce.Outcome.Sent sent) {
            return new AsyncTrip(this, atOnce, bundle, sent).start();
        }
        AtOnce.Outcome.Begun begun = (AtOnce.Outcome.Begun) outcome;
        CompletableFuture<Acquisition> result = new CompletableFuture<>();
        goOn(bundle, result, begun.startNanos()).answered(begun.trip(), true);
        return result;
    }

    /** Of a caller that does not wait, for whom one trip was not enough. */
    AsyncAcquisition goOn(Bundle bundle, CompletableFuture<Acquisition> result, long startNanos) {
        Acquiring acquiring = acquiring(bundle, false, startNanos);
        return new AsyncAcquisition(this, acquiring, bundle, result, ended -> {
            pending.remove(ended);
            underway.end();
        });
    }

    @Override
    public CompletableFuture<Integer> refund(Acquisition.Granted granted) {
        Check.given(granted, "granted", "give what was answered when the credits were taken");
        return refunds.of(Credit.of(granted.basis()));
    }

    @Override
    public void complete(Acquisition.Granted granted, CallEnd end) {
        Check.given(granted, "granted", "give what was answered when the credits were taken");
        Check.given(end, "end", "give CallEnd.ANSWERED, for example");
        learn(granted, end);
        for (Credit credit : Credit.of(granted.basis())) {
            Departure departure = credit.departure();
            if (departure != null && credit.claim()) {
                if (end == CallEnd.UNKNOWN) {
                    flights.endedWhenItHasArrived(credit, departure);
                } else {
                    flights.ended(credit, end);
                }
            }
        }
    }

    @Override
    public void completeWith(Acquisition.Granted granted, Supplier<CallEnd> end) {
        Check.given(granted, "granted", "give what was answered when the credits were taken");
        Check.given(end, "end", "give () -> CallEnd.ANSWERED, for example");
        if (teaches(granted.basis()) || isCounted(granted.basis())) {
            complete(granted, end.get());
        }
    }

    private static boolean isCounted(Acquisition.Basis basis) {
        return Credit.of(basis).stream().anyMatch(credit -> credit.departure() != null);
    }

    private boolean teaches(Acquisition.Basis basis) {
        return basis instanceof Acquisition.Basis.Store store
                && store.credit().usesMargin()
                && margins.learns(store.credit().key().limiter());
    }

    /** What a limiter that learns its margin learns from. */
    private void learn(Acquisition.Granted granted, CallEnd end) {
        if (granted.basis() instanceof Acquisition.Basis.Store store
                && teaches(store)
                && store.credit().firstEnd()) {
            margins.ended(granted, store, end);
        }
    }

    @Override
    public CompletableFuture<Void> pause(CreditKey key, Duration duration) {
        Check.given(key, "key", "give new CreditKey(limiter, key)");
        Check.given(duration, "a pause" + Check.of(key.limiter()), "give Duration.ofSeconds(2), for example");
        if (duration.isNegative() || duration.compareTo(Waiting.MAX_WAIT) > 0) {
            throw new IllegalArgumentException("a pause must be from 0s to 366d but was " + Durations.text(duration)
                    + Check.of(key.limiter()) + ": give what the provider told, Retry-After for example");
        }
        undecided.pause(key, duration);
        long sentNanos = time.nanoTime();
        long micros = duration.toNanos() / 1_000;
        return confirmations.of(
                trips.pause(key, duration)
                        .thenAccept(held -> holds.paused(key, held, micros, sentNanos, time.nanoTime())),
                "pause" + Check.of(key.limiter()));
    }

    @Override
    public NamedLimiter named(String name) {
        NamedLimiter limiter = limiters.get(Check.given(name, "name", "give that of a configured limiter"));
        if (limiter == null) {
            throw new IllegalArgumentException("there is no limiter " + Check.quoted(name) + " among "
                    + new TreeSet<>(limiters.keySet()) + ": configure it, or use one of these");
        }
        return limiter;
    }

    Trips trips() {
        return trips;
    }

    Margins margins() {
        return margins;
    }

    Set<Pending> pending() {
        return pending;
    }

    Listeners listeners() {
        return listeners;
    }

    boolean isClosed() {
        return closed.get();
    }

    Underway underway() {
        return underway;
    }

    long nanoTime() {
        return time.nanoTime();
    }

    /** After which the store has had its time. */
    Deadlines deadlines() {
        return deadlines;
    }

    Sleeper sleeper() {
        return sleeper;
    }

    /** By which answers that come in another's thread are completed. */
    Handover handover() {
        return handover;
    }

    /**
     * Runs a task in the executor; where that refuses (it was shut down, or cannot start a thread), here: no caller waits
     * in vain.
     */
    void execute(Runnable task) {
        AtomicBoolean begun = new AtomicBoolean();
        try {
            executor.execute(() -> {
                begun.set(true);
                task.run();
            });
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!begun.getAndSet(true)) {
                LOG.log(System.Logger.Level.DEBUG, "The executor refused a task", e);
                task.run();
            }
        }
    }

    /** From the end of the line: so no place closes in front of one that is still taken, where it would be lost. */
    private void closePending() {
        record Place(long at, Pending holder) {}
        pending.stream()
                .map(each -> new Place(each.place(), each))
                .sorted(Comparator.comparingLong(Place::at).reversed())
                .forEach(place -> place.holder.close());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closePending();
            sleeper.close();
            underway.endAndAwaitOthers(storeTimeout);
            store.close();
            confirmations.close();
            undecided.close();
            if (workers != null) {
                workers.shutdown();
            }
        }
    }
}
