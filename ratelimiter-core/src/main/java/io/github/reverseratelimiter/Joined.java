package io.github.reverseratelimiter;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** A caller whose thread waits for what is asked without it. */
final class Joined {

    private Joined() {}

    /** The answer; whoever is interrupted gives back what it would bring. */
    static Acquisition of(CompletableFuture<Acquisition> asked, Bundle bundle, Consumer<List<Credit>> giveBack) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            if (!asked.cancel(false)) {
                // It came just now.
                var unused = asked.thenAccept(answer -> {
                    if (answer instanceof Acquisition.Granted granted) {
                        giveBack.accept(Credit.of(granted.basis()));
                    }
                });
            }
            Thread.currentThread().interrupt();
            throw new AcquireInterruptedException(
                    "interrupted while waiting" + bundle.forLimiters() + ": the credits were given back");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
