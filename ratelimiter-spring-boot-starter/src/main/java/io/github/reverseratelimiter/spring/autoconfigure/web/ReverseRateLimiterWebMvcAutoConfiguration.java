package io.github.reverseratelimiter.spring.autoconfigure.web;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterProperties;
import io.github.reverseratelimiter.spring.web.DeniedRequestResolver;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Auto-configuration of the answer to a request that got no credit, in a Spring MVC application. */
@AutoConfiguration(after = ReverseRateLimiterAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({HttpServletResponse.class, HandlerExceptionResolver.class})
public final class ReverseRateLimiterWebMvcAutoConfiguration {

    ReverseRateLimiterWebMvcAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    DeniedRequestResolver reverseRateLimiterDeniedRequestResolver(
            ObjectProvider<ReverseRateLimiterProperties> properties) {
        return new DeniedRequestResolver(() -> properties.getObject().web().enabled());
    }
}
