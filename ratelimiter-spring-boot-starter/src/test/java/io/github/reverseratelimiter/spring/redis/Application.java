package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** An application, with a client of Redis and a limited method, set up by Spring Boot. */
@SuppressWarnings("ImmutableEnumChecker")
enum Application {
    LETTUCE("lettuce", Client::call),
    JEDIS("jedis", Client::call),
    REACTIVE("lettuce", client -> client.callLater().block());

    private final String client;
    private final Consumer<Client> call;

    Application(String client, Consumer<Client> call) {
        this.client = client;
        this.call = call;
    }

    /** Runs for as long as this does, which may call the limited method: whether the call was granted. */
    void run(int redisPort, Consumer<BooleanSupplier> course) {
        Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.port=" + redisPort,
                        "spring.data.redis.client-type=" + client,
                        "reverse-rate-limiter.margin=1h")
                .withBean(Client.class)
                .run(context -> {
                    Client bean = context.getBean(Client.class);
                    course.accept(() -> isGranted(bean));
                });
    }

    private boolean isGranted(Client bean) {
        try {
            call.accept(bean);
            return true;
        } catch (CreditStoreException e) {
            return false;
        }
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 100_000_000, window = "1h")
        public void call() {
            // it is enough that it was called
        }

        @ReverseRateLimited(key = "'acme'", limit = 100_000_000, window = "1h")
        public Mono<String> callLater() {
            return Mono.just("called");
        }
    }
}
