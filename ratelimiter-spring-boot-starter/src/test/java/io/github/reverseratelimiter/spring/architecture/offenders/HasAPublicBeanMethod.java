package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.context.annotation.Bean;

public class HasAPublicBeanMethod {

    @Bean
    public String text() {
        return "";
    }
}
