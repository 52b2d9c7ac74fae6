package io.github.reverseratelimiter.spring.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import io.github.reverseratelimiter.spring.web.DeniedRequestHandler;
import io.github.reverseratelimiter.spring.web.DeniedRequestResolver;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.servlet.HandlerExceptionResolver;

class WebAutoConfigurationTest {

    private static final AutoConfigurations OURS = AutoConfigurations.of(
            ReverseRateLimiterAutoConfiguration.class,
            ReverseRateLimiterWebMvcAutoConfiguration.class,
            ReverseRateLimiterWebFluxAutoConfiguration.class);

    private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
            .withConfiguration(OURS)
            .withPropertyValues("reverse-rate-limiter.store=memory");
    private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
            .withConfiguration(OURS)
            .withPropertyValues("reverse-rate-limiter.store=memory");

    @Test
    void answersForServlets() {
        servlet.run(context -> assertThat(context)
                .hasSingleBean(DeniedRequestResolver.class)
                .doesNotHaveBean(DeniedRequestHandler.class));
    }

    @Test
    void answersForWebFlux() {
        reactive.run(context -> assertThat(context)
                .hasSingleBean(DeniedRequestHandler.class)
                .doesNotHaveBean(DeniedRequestResolver.class));
    }

    @Test
    void answersNothingOutsideTheWeb() {
        Contexts.memory()
                .withConfiguration(OURS)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(DeniedRequestHandler.class)
                        .doesNotHaveBean(DeniedRequestResolver.class));
    }

    @Test
    void startsWithoutSpringMvc() {
        servlet.withClassLoader(new FilteredClassLoader(HandlerExceptionResolver.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(ReverseRateLimiter.class)
                        .doesNotHaveBean(DeniedRequestResolver.class));
    }

    @Test
    void startsWithoutWebFlux() {
        reactive.withClassLoader(new FilteredClassLoader(HandlerMapping.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(ReverseRateLimiter.class)
                        .doesNotHaveBean(DeniedRequestHandler.class));
    }

    @Test
    void startsWithoutSpringWeb() {
        Contexts.memory()
                .withConfiguration(OURS)
                .withClassLoader(new FilteredClassLoader(
                        HttpStatus.class.getPackageName(), "org.springframework.web", "jakarta.servlet"))
                .run(context -> assertThat(context).hasSingleBean(ReverseRateLimiter.class));
    }
}
