package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Issue 5: a caller that goes away in the moment in which its credits come. */
class GivenUpJustNowTest {

    private static final CreditRequest ONE = CreditRequest.inFlight("acme", 1);

    private final ReverseRateLimiter limiter =
            ReverseRateLimiter.builder(new InMemoryCreditStore()).build();
    private final Acquisition answer = limiter.acquire(ONE);

    /** Which answers what the test says, when it says so. */
    private ReverseRateLimiter answering(CompletableFuture<Acquisition> asked) {
        return (ReverseRateLimiter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ReverseRateLimiter.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("acquireAsync")) {
                        return asked;
                    }
                    return method.isDefault()
                            ? java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments)
                            : method.invoke(limiter, arguments);
                });
    }

    @Test
    void callAsyncMakesNoCallAndGivesBack() {
        CompletableFuture<Acquisition> asked = new CompletableFuture<>();
        AtomicBoolean called = new AtomicBoolean();
        CompletableFuture<String> result = answering(asked).callAsync(ONE, () -> {
            called.set(true);
            return CompletableFuture.completedFuture("answer");
        });
        var unused = asked.thenRun(() -> result.cancel(false)); // runs before what was chained earlier

        asked.complete(answer);

        assertThat(called).isFalse();
        assertThat(limiter.acquire(ONE)).isInstanceOf(Acquisition.Granted.class);
    }

    @Test
    void anInterruptedThreadGivesBack() {
        CompletableFuture<Acquisition> asked = new CompletableFuture<>() {
            @Override
            public Acquisition get() throws InterruptedException {
                complete(answer);
                throw new InterruptedException();
            }
        };
        List<Credit> back = new ArrayList<>();

        assertThatExceptionOfType(AcquireInterruptedException.class)
                .isThrownBy(() -> Joined.of(asked, Bundle.of(ONE), back::addAll));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(back).isEqualTo(Credit.of(((Acquisition.Granted) answer).basis()));
    }
}
