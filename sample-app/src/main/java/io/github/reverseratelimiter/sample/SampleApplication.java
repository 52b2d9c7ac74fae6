package io.github.reverseratelimiter.sample;

import java.io.PrintStream;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Starts the demonstration: everything it needs is a bean, so Ctrl-C ends it in the right order. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SampleOptions.class)
class SampleApplication {

    /** Runs the demonstration; it ends by itself unless it goes on serving. */
    public static void main(String... args) throws InterruptedException {
        ConfigurableApplicationContext context = start(System.out, args);
        boolean serving = false;
        try {
            context.getBean(Demonstration.class).show();
            serving = context.getBean(SampleOptions.class).goesOnServing();
        } finally {
            if (!serving) {
                context.close();
            }
        }
    }

    /** Starts what the demonstration needs, but not the demonstration. */
    static ConfigurableApplicationContext start(PrintStream out, String... args) {
        return new SpringApplicationBuilder(SampleApplication.class)
                .web(WebApplicationType.NONE)
                .initializers(context -> context.getBeanFactory().registerSingleton("console", new Console(out)))
                .run(args);
    }

    @Bean
    SampleRedis sampleRedis(Environment environment) {
        return SampleRedis.start(environment);
    }

    @Bean
    Demonstration demonstration(
            SampleOptions options,
            SampleRedis redis,
            Console console,
            Environment environment,
            ApplicationArguments arguments) {
        boolean limited = environment.getProperty("reverse-rate-limiter.enabled", Boolean.class, true);
        return new Demonstration(options, limited, redis, console, arguments.getSourceArgs());
    }
}
