package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimitExceededException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

class WebMvcInboundTest extends InboundContract {

    WebMvcInboundTest() {
        super(WebApplicationType.SERVLET, "spring.mvc.problemdetails.enabled");
    }

    @Test
    void leavesTheAnswerToAResolverOfTheApplication() throws Exception {
        try (WebApplication resolving =
                WebApplication.start(WebApplicationType.SERVLET, List.of(Controllers.class, Resolver.class))) {
            resolving.get("/mono/acme");

            assertThat(resolving.get("/mono/acme").statusCode()).isEqualTo(418);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Resolver {

        @Bean
        HandlerExceptionResolver teapot() {
            return (request, response, handler, thrown) -> {
                assertThat(thrown).isInstanceOf(RateLimitExceededException.class);
                response.setStatus(418);
                return new ModelAndView();
            };
        }
    }
}
