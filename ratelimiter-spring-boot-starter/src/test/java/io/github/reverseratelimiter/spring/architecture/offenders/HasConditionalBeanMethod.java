package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

public class HasConditionalBeanMethod {

    @Bean
    @ConditionalOnClass(name = "org.example.Optional")
    String text() {
        return "";
    }
}
