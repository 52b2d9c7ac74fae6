package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What happens around contexts: parents and children, the end, laziness. */
@ExtendWith(OutputCaptureExtension.class)
class ContextsTest {

    @Test
    void aChildIsLimitedByTheLimiterOfItsParent() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store)
                .run(parent -> Contexts.memory()
                        .withParent(parent)
                        .withBean(Client.class)
                        .run(child -> {
                            Client client = child.getBean(Client.class);
                            client.call();

                            assertThatExceptionOfType(RateLimitExceededException.class)
                                    .isThrownBy(client::call);
                            assertThat(child.getBean(ReverseRateLimiter.class))
                                    .isSameAs(parent.getBean(ReverseRateLimiter.class));
                            assertThat(store.calls).hasSize(2);
                        }));
    }

    @Test
    void theEndClosesTheStoreOnce() {
        RecordingStore store = new RecordingStore();

        Contexts.counting(store).run(context -> assertThat(context).hasNotFailed());

        assertThat(store.closes).hasValue(1);
    }

    @Test
    void theEndOfAChildLeavesItsParentOpen() {
        Contexts.memory().withBean(Client.class).run(parent -> {
            Contexts.memory().withParent(parent).run(child -> assertThat(child).hasNotFailed());

            parent.getBean(Client.class).call();
        });
    }

    @Test
    void limitsWhereAllBeansAreLazy() {
        Contexts.memory()
                .withBean(BeanFactoryPostProcessor.class, LazyInitializationBeanFactoryPostProcessor::new)
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    client.call();

                    assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(client::call);
                });
    }

    @Test
    void keepsNoBeanFromOtherPostProcessors(CapturedOutput output) {
        Contexts.memory()
                .withBean(Client.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("not eligible for getting processed by all BeanPostProcessors");
    }

    @Test
    void limitsBeansThatAnotherPostProcessorNeedsEarly() {
        Contexts.memory().withUserConfiguration(Early.class).run(context -> {
            Client client = context.getBean(Client.class);
            client.call();

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(client::call);
        });
    }

    static class Client {

        @ReverseRateLimited(limit = 1, window = "1h")
        public void call() {}
    }

    static class NeedsTheClient implements BeanPostProcessor {

        NeedsTheClient(Client client) {
            assertThat(client).isNotNull();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Early {

        @Bean
        static Client client() {
            return new Client();
        }

        @Bean
        static NeedsTheClient needsTheClient(Client client) {
            return new NeedsTheClient(client);
        }
    }
}
