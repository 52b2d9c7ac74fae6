package io.github.reverseratelimiter.spring.kinds;

import feign.Client;
import feign.RequestLine;
import feign.Response;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignAutoConfiguration;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Beans that are made from an interface. */
final class Clients {

    private Clients() {}

    /** Answers all methods that do not do so themselves. */
    static <T> T proxy(Class<T> type) {
        InvocationHandler answers = (proxy, method, arguments) ->
                method.isDefault() ? InvocationHandler.invokeDefault(proxy, method, arguments) : Calls.ANSWER;
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
            return account -> Calls.ANSWER;
        }

        @Bean
        Types.WaitingRemote waiting() {
            return account -> Calls.ANSWER;
        }

        @Bean
        Types.ReplacedRemote replaced() {
            return account -> Calls.ANSWER;
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

    @Configuration(proxyBeanMethods = false)
    static class Http {

        @Bean
        Exchange exchange() {
            return HttpServiceProxyFactory.builderFor(new AnsweringAdapter())
                    .customArgumentResolver((argument, parameter, values) -> true)
                    .build()
                    .createClient(Exchange.class);
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

    static class FeignAnswers {

        @Bean
        feign.Contract contract() {
            return new feign.Contract.Default();
        }

        @Bean
        feign.codec.Decoder decoder() {
            return new feign.codec.StringDecoder();
        }

        @Bean
        feign.codec.Encoder encoder() {
            return (@Nullable Object object, java.lang.reflect.Type type, feign.RequestTemplate template) -> {};
        }

        @Bean
        Client client() {
            return (request, options) -> Response.builder()
                    .status(200)
                    .request(request)
                    .body(Calls.ANSWER, StandardCharsets.UTF_8)
                    .build();
        }
    }
}
