package io.github.reverseratelimiter.spring.kinds;

import feign.RequestLine;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignAutoConfiguration;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Beans that are made from an interface. A {@link Template}. */
final class Clients {

    private Clients() {}

    /** Answers all methods that do not do so themselves. */
    static <T> T proxy(Class<T> type) {
        InvocationHandler answers = (proxy, method, arguments) ->
                method.isDefault() ? InvocationHandler.invokeDefault(proxy, method, arguments) : Answers.CALLED;
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    @Configuration(proxyBeanMethods = false)
    static class Jdk {

        @Bean
        Remote remote() {
            return proxy(Remote.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OfTypes {

        @Bean
        Types.DeniedRemote denied() {
            return account -> Answers.CALLED;
        }

        @Bean
        Types.WaitingRemote waiting() {
            return account -> Answers.CALLED;
        }

        @Bean
        Types.ReplacedRemote replaced() {
            return account -> Answers.CALLED;
        }
    }

    static class Factory implements FactoryBean<Remote> {

        @Override
        public Remote getObject() {
            return proxy(Remote.class);
        }

        @Override
        public Class<?> getObjectType() {
            return Remote.class;
        }
    }

    @HttpExchange("/repos")
    public interface Exchange extends Remote {

        @Override
        @GetExchange
        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        String denied(String account);

        @Override
        @GetExchange
        String waiting(String account);

        @Override
        @GetExchange
        String replaced(String account);
    }

    private static Exchange exchange(HttpExchangeAdapter adapter) {
        return HttpServiceProxyFactory.builderFor(adapter)
                .customArgumentResolver((argument, parameter, values) -> true)
                .build()
                .createClient(Exchange.class);
    }

    @Configuration(proxyBeanMethods = false)
    static class Blocking {

        @Bean
        Exchange exchange() {
            return Clients.exchange(new AnsweringAdapter());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Reactive {

        @Bean
        Exchange exchange() {
            return Clients.exchange(WebClientAdapter.create(AnsweringWebClient.client()));
        }
    }

    @FeignClient(name = "github", url = "http://localhost:1", configuration = FeignAnswers.class)
    public interface FeignRemote extends Remote {

        @Override
        @RequestLine("GET /denied")
        String denied(String account);

        @Override
        @RequestLine("GET /waiting")
        String waiting(String account);

        @Override
        @RequestLine("GET /replaced")
        String replaced(String account);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableFeignClients(clients = FeignRemote.class)
    @ImportAutoConfiguration(FeignAutoConfiguration.class)
    static class Feign {}
}
