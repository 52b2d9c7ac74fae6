package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.WebExceptionHandler;

class WebFluxInboundTest extends InboundContract {

    WebFluxInboundTest() {
        super(WebApplicationType.REACTIVE, "spring.webflux.problemdetails.enabled");
    }

    @Test
    void leavesTheAnswerToAHandlerOfTheApplication() throws Exception {
        try (WebApplication handling =
                WebApplication.start(WebApplicationType.REACTIVE, List.of(Controllers.class, Handler.class))) {
            handling.get("/mono/acme");

            assertThat(handling.get("/mono/acme").statusCode()).isEqualTo(418);
        }
    }

    /** Of the order that Spring Boot's own handler has, as applications write it. */
    @Configuration(proxyBeanMethods = false)
    static class Handler {

        @Bean
        @Order(-1)
        WebExceptionHandler teapot() {
            return (exchange, thrown) -> {
                exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(418));
                return exchange.getResponse().setComplete();
            };
        }
    }
}
