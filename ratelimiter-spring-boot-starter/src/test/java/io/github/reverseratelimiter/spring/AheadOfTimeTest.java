package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.javapoet.ClassName;

/** Processing an application ahead of time. */
class AheadOfTimeTest {

    private final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
    private final DefaultGenerationContext generation =
            new DefaultGenerationContext(new ClassNameGenerator(ClassName.get("org.example", "Application")), files);

    @Test
    void makesTheProxyOfALimitedBean() {
        process(Client.class);

        assertThat(files.getGeneratedFiles(Kind.CLASS).keySet())
                .anyMatch(file -> file.contains("AheadOfTimeTest$Client$$SpringCGLIB$$"));
    }

    @Test
    void takesTheScriptsAlong() {
        process(Client.class);

        assertThat(generation.getRuntimeHints())
                .matches(RuntimeHintsPredicates.resource()
                        .forResource("io/github/reverseratelimiter/redis/credits.lua"));
    }

    @Test
    void writesSourcesForTheLimiterAndItsStore() throws IOException {
        process(Client.class);

        assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
                .anyMatch(file -> file.contains("ReverseRateLimiterAutoConfiguration__BeanDefinitions"))
                .anyMatch(file -> file.contains("RedisCreditStoreConfiguration__BeanDefinitions"))
                .anyMatch(file -> file.contains("RedisScriptExecutorConfiguration__BeanDefinitions"));
    }

    @Test
    void contactsNoRedis() {
        RedisConnectionFactory factory = process(Client.class);

        verifyNoInteractions(factory);
    }

    private RedisConnectionFactory process(Class<?> bean) {
        RedisConnectionFactory factory = mock();
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(ReverseRateLimiterAutoConfiguration.class, bean);
            context.getBeanFactory().registerSingleton("factory", factory);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
        }
        return factory;
    }

    static class Client {

        @ReverseRateLimited(limit = 1, window = "1h")
        public void call() {}
    }
}
