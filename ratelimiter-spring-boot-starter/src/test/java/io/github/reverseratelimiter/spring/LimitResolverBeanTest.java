package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A resolver that is a bean: limits that live in a database of the application. */
class LimitResolverBeanTest {

    private static final RateLimit SEVEN = RateLimit.of(7, Duration.ofMinutes(1));
    private static final String GITHUB = "reverse-rate-limiter.limiters.github.";

    private final RecordingStore store = new RecordingStore();
    private final List<CreditKey> asked = new CopyOnWriteArrayList<>();

    private ApplicationContextRunner application() {
        return Contexts.memory()
                .withPropertyValues(GITHUB + "limit=5", GITHUB + "window=1s")
                .withBean(CreditStore.class, () -> store)
                .withBean(Client.class);
    }

    private LimitResolver resolver() {
        return key -> {
            asked.add(key);
            return key.value().equals("unknown") ? Optional.empty() : Optional.of(List.of(SEVEN));
        };
    }

    private List<RateLimit> lastLimits() {
        return store.calls.get(store.calls.size() - 1).limits();
    }

    @Test
    void tellsTheLimitsOfAnnotatedMethods() {
        application().withBean(LimitResolver.class, this::resolver).run(context -> {
            context.getBean(Client.class).named("acme");
            assertThat(lastLimits()).containsExactly(SEVEN);

            context.getBean(Client.class).named("unknown");
            assertThat(lastLimits()).containsExactly(RateLimit.of(5, Duration.ofSeconds(1)));
        });
    }

    @Test
    void isAskedOncePerKey() {
        application().withBean(LimitResolver.class, this::resolver).run(context -> {
            context.getBean(Client.class).named("acme");
            context.getBean(Client.class).named("acme");

            assertThat(asked).containsExactly(new CreditKey("github", "acme"));
        });
    }

    @Test
    void isAskedAtEachCallWhereNothingIsKept() {
        application()
                .withPropertyValues("reverse-rate-limiter.limits-cache=0s")
                .withBean(LimitResolver.class, this::resolver)
                .run(context -> {
                    context.getBean(Client.class).named("acme");
                    context.getBean(Client.class).named("acme");

                    assertThat(asked).hasSize(2);
                });
    }

    @Test
    void isNotAskedAboutALimitOfAnAnnotation() {
        application().withBean(LimitResolver.class, this::resolver).run(context -> {
            context.getBean(Client.class).withItsOwnLimit("acme");

            assertThat(asked).isEmpty();
        });
    }

    @Test
    void mayNeedAClientThatIsLimitedItself() {
        application().withBean(PlanService.class).withBean(PlanClient.class).run(context -> {
            context.getBean(Client.class).named("acme");
            assertThat(lastLimits()).containsExactly(RateLimit.of(2, Duration.ofHours(1)));

            context.getBean(Client.class).named("acme");
            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> context.getBean(Client.class).named("acme"));
        });
    }

    @Test
    void stopsTheStartWhereThereAreSeveral() {
        application()
                .withBean("one", LimitResolver.class, this::resolver)
                .withBean("other", LimitResolver.class, this::resolver)
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(Analyses.of(context.getStartupFailure()))
                            .contains("2 LimitResolver beans", "one", "other", "Mark one @Primary");
                });
    }

    @Test
    void mayBeThePrimaryOne() {
        application()
                .withBean("one", LimitResolver.class, this::resolver, definition -> definition.setPrimary(true))
                .withBean("other", LimitResolver.class, () -> key -> Optional.empty())
                .run(context -> {
                    context.getBean(Client.class).named("acme");

                    assertThat(lastLimits()).containsExactly(SEVEN);
                });
    }

    /** Its client is limited under the same name: its own limits are those that are configured. */
    record PlanService(PlanClient client) implements LimitResolver {

        @Override
        public Optional<List<RateLimit>> limits(CreditKey key) {
            return Optional.of(List.of(RateLimit.of(client.plan(), Duration.ofHours(1))));
        }
    }

    static class PlanClient {

        @ReverseRateLimited(name = "github", key = "'plans'")
        public int plan() {
            return 2;
        }
    }

    static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void named(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", limit = 3, window = "1s")
        public void withItsOwnLimit(String account) {}
    }
}
