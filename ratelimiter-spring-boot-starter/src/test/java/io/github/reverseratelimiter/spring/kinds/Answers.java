package io.github.reverseratelimiter.spring.kinds;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the limited methods and their fallbacks answer, in each type that they may return. */
public final class Answers {

    /** Of a limited method. */
    public static final String CALLED = "called";

    /** Of its fallback. */
    public static final String INSTEAD = "instead";

    private static @Nullable String unreturned;

    private Answers() {}

    /** Of a method that returns nothing: noted, for {@link #unreturned()}. */
    public static @Nullable Object nothing(String answer) {
        unreturned = answer;
        return null;
    }

    /** What was answered last by a method that returns nothing; it is forgotten then. */
    static @Nullable String unreturned() {
        String answer = unreturned;
        unreturned = null;
        return answer;
    }

    public static CompletableFuture<String> future(String answer) {
        return CompletableFuture.completedFuture(answer);
    }

    public static CompletionStage<String> stage(String answer) {
        return CompletableFuture.completedStage(answer);
    }

    public static Mono<String> mono(String answer) {
        return Mono.just(answer);
    }

    public static Flux<String> flux(String answer) {
        return Flux.just(answer);
    }
}
