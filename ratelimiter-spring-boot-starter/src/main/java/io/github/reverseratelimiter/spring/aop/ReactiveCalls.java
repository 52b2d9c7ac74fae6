package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Calls of methods that return a {@link Publisher} or what Spring can adapt to one: each subscription takes its own
 * credits, and only then is the method called. Where it is cancelled before, it takes none. The only class that knows
 * Reactor, which is optional.
 */
final class ReactiveCalls implements CallStyle {

    private static final String FLOW = "kotlinx.coroutines.flow.Flow";

    private final boolean single;
    private final Function<Object, Publisher<?>> toPublisher;
    private final Function<Publisher<?>, Object> fromPublisher;

    private ReactiveCalls(
            boolean single, Function<Object, Publisher<?>> toPublisher, Function<Publisher<?>, Object> fromPublisher) {
        this.single = single;
        this.toPublisher = toPublisher;
        this.fromPublisher = fromPublisher;
    }

    /** For what an adapter knows. */
    static CallStyle adapted(ReactiveAdapter adapter) {
        return new ReactiveCalls(!adapter.isMultiValue(), adapter::toPublisher, adapter::fromPublisher);
    }

    /** For Kotlin's suspending functions, in whose place Spring's proxies handle publishers. */
    static CallStyle suspending(Method method) {
        boolean flow =
                FLOW.equals(new MethodParameter(method, -1).getParameterType().getName());
        return new ReactiveCalls(!flow, Publisher.class::cast, publisher -> publisher);
    }

    @Override
    public Object call(LimitedCall limited, MethodInvocation invocation) {
        MethodInvocation held = Invocations.copy(invocation);
        return fromPublisher.apply(
                single ? Mono.defer(() -> mono(limited, held)) : Flux.defer(() -> flux(limited, held)));
    }

    private Mono<?> mono(LimitedCall limited, MethodInvocation held) {
        AskedCredits asked = limited.ask(held);
        return answer(asked)
                .flatMap(answer -> Mono.fromDirect(begin(limited, held, asked)))
                .doOnCancel(asked::giveUp);
    }

    private Flux<?> flux(LimitedCall limited, MethodInvocation held) {
        AskedCredits asked = limited.ask(held);
        return answer(asked).flatMapMany(answer -> begin(limited, held, asked)).doOnCancel(asked::giveUp);
    }

    /** Emits once when the answer is there, whatever it is; its cancellation is {@link AskedCredits#giveUp()}. */
    private static Mono<Boolean> answer(AskedCredits asked) {
        return Mono.fromFuture(asked.answer().handle((answer, failure) -> true), true);
    }

    private Publisher<?> begin(LimitedCall limited, MethodInvocation held, AskedCredits asked) {
        if (!asked.begin()) {
            return Mono.never(); // cancelled just now: no signal may follow
        }
        try {
            return begun(limited, Invocations.copy(held), asked);
        } catch (Throwable e) {
            return Mono.error(e);
        }
    }

    private Publisher<?> begun(LimitedCall limited, MethodInvocation invocation, AskedCredits asked) throws Throwable {
        Acquisition answer;
        try {
            answer = limited.granted(invocation, asked.requests(), asked.answered());
        } catch (RateLimitExceededException | CreditStoreException e) {
            return publisher(limited, limited.instead(invocation, e));
        }
        Publisher<?> publisher;
        try {
            publisher = publisher(limited, invocation.proceed());
        } catch (Throwable e) {
            limited.failed(answer, e);
            throw e;
        }
        return watched(limited, publisher, answer);
    }

    private Publisher<?> publisher(LimitedCall limited, @Nullable Object returned) {
        if (returned == null) {
            throw new IllegalStateException(limited.method().name() + " has returned null: return an empty publisher");
        }
        return toPublisher.apply(returned);
    }

    /**
     * The call ends with its publisher, and before its subscriber is told: that may make the next call there and then. What was
     * emitted has come from the provider: only a failure before that gives credits back.
     */
    private Publisher<?> watched(LimitedCall limited, Publisher<?> publisher, @Nullable Acquisition answer) {
        if (single) {
            return Mono.fromDirect(publisher)
                    .doOnSuccess(value -> limited.returned(answer, value))
                    .doOnError(failure -> limited.failed(answer, failure))
                    .doOnCancel(() -> limited.givenUp(answer));
        }
        AtomicReference<@Nullable Object> emitted = new AtomicReference<>();
        return Flux.from(publisher)
                .doOnNext(emitted::set)
                .doOnComplete(() -> limited.returned(answer, emitted.get()))
                .doOnError(failure -> {
                    if (emitted.get() == null) {
                        limited.failed(answer, failure);
                    } else {
                        limited.returned(answer, emitted.get());
                    }
                })
                .doOnCancel(() -> {
                    if (emitted.get() == null) {
                        limited.givenUp(answer);
                    } else {
                        limited.returned(answer, emitted.get());
                    }
                });
    }
}
