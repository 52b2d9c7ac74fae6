package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.redis.Stalls;
import java.time.Duration;
import java.util.List;

/** Writes down what callers are told, and how long that took. */
final class Witness {

    private static final Duration DECISION_AT_MOST = Duration.ofSeconds(1);

    private final Diary diary;
    private final Stalls stalls = new Stalls();

    Witness(Diary diary) {
        this.diary = diary;
    }

    Call asks(List<CreditRequest> requests) {
        return new Call(requests);
    }

    void wrong(Throwable failure) {
        diary.wrong(failure + " from " + List.of(failure.getStackTrace()));
    }

    /** One call, from now on. */
    final class Call {

        private final List<CreditRequest> requests;
        private final long invoked = Diary.now();
        private final long begun = System.nanoTime();
        private final Duration stalled = stalls.total();

        private Call(List<CreditRequest> requests) {
            this.requests = requests;
        }

        void isTold(Acquisition answer) {
            long returned = isOver(answer.toString());
            if (answer instanceof Acquisition.Granted granted) {
                if (granted.basis() instanceof Acquisition.Basis.Store store) {
                    requests.stream()
                            .filter(request -> isShared(request))
                            .forEach(request -> diary.granted(request, store, invoked, returned));
                    diary.decided(returned);
                } else {
                    diary.wrong("granted by " + granted.basis());
                }
            } else if (answer instanceof Acquisition.Denied denied) {
                if (denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE) {
                    diary.undecided(invoked, returned);
                } else {
                    diary.decided(returned);
                }
            }
        }

        private static boolean isShared(CreditRequest request) {
            return List.of(Budget.values()).stream()
                    .anyMatch(budget -> budget.name().equals(request.key().value()));
        }

        /** Whether that succeeds is not asked: perhaps the answer gets lost. */
        void givesBack(Acquisition.Granted granted) {
            diary.decided(isOver(granted.toString()));
        }

        void interrupted() {
            var unused = isOver("interrupted");
        }

        private long isOver(String answer) {
            long returned = Diary.now();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            Duration most = DECISION_AT_MOST.plus(longestWait());
            if (took.compareTo(most) > 0) {
                // The thread that looks for stalls may have woken after this one.
                Callers.pause(Duration.ofMillis(20));
                Duration without = took.minus(stalls.total().minus(stalled));
                if (without.compareTo(most) > 0) {
                    diary.wrong("a decision took " + took.toMillis() + " ms, " + without.toMillis()
                            + " without stalls, from " + invoked + " to " + returned + ", for "
                            + requests.get(0).key().value() + ", waiting "
                            + requests.get(0).waiting() + ": "
                            + answer);
                }
            }
            return returned;
        }

        private Duration longestWait() {
            return requests.get(0).waiting() instanceof Waiting.UpTo upTo ? upTo.maxWait() : Duration.ZERO;
        }
    }
}
