package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A JVM full of waiters to which things happen, started by {@link CrashIT}. It tells of each grant. */
final class Victim {

    /** Half of them block a thread each; half of them are patient, blocked or not. */
    static final int WAITERS = 40;

    private static final long PAUSE_MILLIS = 20;

    private final Load load;
    private final CreditRequest request;
    private final CountDownLatch never = new CountDownLatch(1);

    private Victim(Load load, CreditRequest request) {
        this.load = load;
        this.request = request;
    }

    /** Arguments: the server, the key. Goes on until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        Load load = new Load(arguments[0], Mutant.NONE, "victim", 0, Victim::tell);
        Victim victim = new Victim(load, CrashIT.request(arguments[1]));
        for (int i = 0; i < WAITERS; i += 2) {
            int caller = i;
            new Thread(() -> victim.block(caller)).start();
            victim.goOn(caller + 1);
        }
        victim.never.await();
    }

    /** Whether this caller waits longer than the process will be frozen. */
    static boolean isPatient(int caller) {
        return caller % 4 < 2;
    }

    private CreditRequest request(int caller) {
        return request.maxWait(isPatient(caller) ? CrashIT.LONGER_THAN_FROZEN : CrashIT.MAX_WAIT);
    }

    private static void tell(Grant grant) {
        System.out.println(String.join(
                " ",
                "G",
                Long.toString(grant.at()),
                Long.toString(grant.invoked()),
                Long.toString(grant.returned()),
                grant.caller()));
    }

    private void block(int caller) {
        while (load.now() > 0) {
            pauseIfDenied(load.ask(request(caller), caller));
        }
    }

    private void pauseIfDenied(Acquisition answer) {
        if (!(answer instanceof Acquisition.Denied)) {
            return;
        }
        try {
            var unused = never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void goOn(int caller) {
        var unused = load.askAsync(request(caller), caller).whenComplete((answer, failure) -> {
            pauseIfDenied(answer);
            goOn(caller);
        });
    }
}
