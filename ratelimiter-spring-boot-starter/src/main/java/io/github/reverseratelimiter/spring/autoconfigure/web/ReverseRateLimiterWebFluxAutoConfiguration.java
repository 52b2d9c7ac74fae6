package io.github.reverseratelimiter.spring.autoconfigure.web;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterProperties;
import io.github.reverseratelimiter.spring.web.DeniedRequestHandler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.HandlerMapping;

/**
 * Auto-configuration of the answer to a request that got no credit, in a WebFlux application. It goes before that of
 * Spring Boot's error page, which has the same order and answers whatever it is asked.
 */
@AutoConfiguration(
        after = ReverseRateLimiterAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.autoconfigure.web.reactive.error.ErrorWebFluxAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(HandlerMapping.class)
public final class ReverseRateLimiterWebFluxAutoConfiguration {

    ReverseRateLimiterWebFluxAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    DeniedRequestHandler reverseRateLimiterDeniedRequestHandler(
            ObjectProvider<ReverseRateLimiterProperties> properties) {
        return new DeniedRequestHandler(() -> properties.getObject().web().enabled());
    }
}
