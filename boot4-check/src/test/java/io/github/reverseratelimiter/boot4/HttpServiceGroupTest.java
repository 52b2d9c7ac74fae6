package io.github.reverseratelimiter.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.kinds.Cell;
import io.github.reverseratelimiter.spring.kinds.DocumentedTable;
import io.github.reverseratelimiter.spring.kinds.Kind;
import io.github.reverseratelimiter.spring.kinds.Template;
import io.github.reverseratelimiter.spring.kinds.suspending.Clients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** Clients that Spring makes of a group of {@code @HttpExchange} interfaces: the rows of Spring Boot 4. */
class HttpServiceGroupTest {

    private static final Template GROUPS = new Template(
                    Path.of("src/test/java"), HttpServiceGroupTest.class.getPackageName(), List.of("Groups"))
            .suspending("Groups$GitHub", Clients.Exchange.class)
            .suspending("Groups$Reactive", SuspendingGroup.class);

    private static final List<Kind> KINDS = List.of(
            Kind.ofBlockingClient(
                    "`@ImportHttpServices` group of `RestClient`s (Spring Boot 4)",
                    GROUPS,
                    "Groups$Blocking",
                    "Groups$GitHub"),
            Kind.ofClient(
                    "`@ImportHttpServices` group of `WebClient`s (Spring Boot 4)",
                    GROUPS,
                    "Groups$Reactive",
                    "Groups$GitHub"));

    static Stream<Cell> cells() {
        return KINDS.stream().flatMap(Cell::of);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isLimited(Cell cell) {
        cell.check();
    }

    @Test
    void isInTheDocumentedTable() throws IOException {
        assertThat(DocumentedTable.rows().filter(row -> row.contains("(Spring Boot 4)")))
                .containsExactlyElementsOf(KINDS.stream().map(Kind::row).toList());
    }

    @Test
    void isLimitedByAnAnnotationOnTheInterface() {
        Contexts.memory().withUserConfiguration(Group.class).run(context -> {
            Stripe client = context.getBean(Stripe.class);
            assertThat(client.one("acme")).isEqualTo("called");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.other("acme"));
        });
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "providers", types = Stripe.class)
    static class Group {

        @Bean
        RestClientHttpServiceGroupConfigurer answers() {
            return groups -> groups.forEachClient(
                    (group, client) -> client.baseUrl("http://localhost:1").requestFactory(new AnsweringRequests()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(
            group = "providers",
            types = Clients.Exchange.class,
            clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
    static class SuspendingGroup {

        @Bean
        WebClientHttpServiceGroupConfigurer answers() {
            return Groups.answering();
        }
    }

    @HttpExchange("/charges")
    @ReverseRateLimited(window = "1h", limit = 1)
    public interface Stripe {

        @GetExchange
        String one(@RequestParam String account);

        @GetExchange
        String other(@RequestParam String account);
    }
}
