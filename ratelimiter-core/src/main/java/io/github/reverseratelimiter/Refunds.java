package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Refunds that callers ask for: each is done once, and may be tried again after a try that failed. */
final class Refunds {

    /** By how much a first try may come late and be done all the same, at least: a second one has to come later. */
    private static final Duration MAY_COME = Duration.ofSeconds(5);

    private final Trips trips;
    private final Confirmations confirmations;
    private final TimeSource time;
    private final Duration mayCome;

    Refunds(Trips trips, Confirmations confirmations, TimeSource time, Duration storeTimeout) {
        this.trips = trips;
        this.confirmations = confirmations;
        this.time = time;
        this.mayCome = storeTimeout.compareTo(MAY_COME) > 0 ? storeTimeout : MAY_COME;
    }

    /** Gives back what of these has not gone back yet, and is not about to. */
    CompletableFuture<Integer> of(List<Credit> credits) {
        List<Credit> tried = new ArrayList<>(credits.size());
        CompletableFuture<Integer> dropped = CompletableFuture.completedFuture(0);
        for (Credit credit : credits) {
            if (credit.claim()) {
                dropped = dropped.thenCombine(first(credit), Integer::sum);
                tried.add(credit);
            } else if (credit.claimAgain()) {
                dropped = dropped.thenCombine(again(credit), Integer::sum);
                tried.add(credit);
            }
        }
        // What is chained to the answer may try again at once: it comes after this.
        return confirmations.of(dropped, "give the credits back").whenComplete((sum, failure) -> {
            if (failure != null) {
                tried.stream().filter(credit -> credit.refund() != null).forEach(Credit::failed);
            }
        });
    }

    private CompletableFuture<Integer> first(Credit credit) {
        if (mayBeTriedAgain(credit)) {
            // As the store's clock shows it at the earliest: what it was when they were due, and what has passed since.
            long passed = time.nanoTime() - credit.dueNanos() + mayCome.toNanos();
            credit.refundUntil(credit.at() + passed / 1_000);
        }
        return underWay(credit, trips.refund(credit));
    }

    /** The trip whose answer its caller did not wait for may bring one yet. */
    private CompletableFuture<Integer> again(Credit credit) {
        CompletableFuture<Integer> before = credit.trip();
        return before != null && !before.isDone() ? before : underWay(credit, trips.refundAgain(credit));
    }

    private static CompletableFuture<Integer> underWay(Credit credit, CompletableFuture<Integer> trip) {
        CompletableFuture<Integer> settling = trip.whenComplete((credits, failure) -> {
            if (failure == null) {
                credit.settled();
            }
        });
        credit.trip(settling);
        return settling;
    }

    /** Not what counts until its call has ended: where that is in doubt, it ends with its lease. */
    private static boolean mayBeTriedAgain(Credit credit) {
        Departure departure = credit.departure();
        return !credit.isShare()
                && (departure == null || departure.request().flow().countUntil() == CountUntil.GRANT);
    }
}
