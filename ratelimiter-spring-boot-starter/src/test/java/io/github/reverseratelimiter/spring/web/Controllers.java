package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** An application with limited controllers: the same source for servlets and for WebFlux. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
    Controllers.Limited.class,
    Controllers.WholeType.class,
    Controllers.ByInterface.class,
    Controllers.Outbound.class,
    Controllers.Handling.class,
    Controllers.Client.class,
    Controllers.Workspaces.class,
    Controllers.ServletSecurity.class,
    Controllers.WebFluxSecurity.class
})
class Controllers {

    @RestController
    static class Limited {

        @GetMapping("/repos/{account}")
        @ReverseRateLimited(key = "#account", limit = 2, window = "1h")
        public String repos(@PathVariable("account") String account) {
            return "repos of " + account;
        }

        @GetMapping("/named/{account}")
        @ReverseRateLimited(name = "plan", key = "#account")
        public String named(@PathVariable("account") String account) {
            return account;
        }

        @GetMapping("/by-principal")
        @ReverseRateLimited(name = "principal", key = "#principal.name", limit = 1, window = "1h")
        public String byPrincipal(Principal principal) {
            return principal.getName();
        }

        @GetMapping("/by-header")
        @ReverseRateLimited(name = "header", key = "#apiKey", limit = 1, window = "1h")
        public String byHeader(@RequestHeader("X-Api-Key") String apiKey) {
            return apiKey;
        }

        @GetMapping("/by-workspace/{id}")
        @ReverseRateLimited(name = "workspace", key = "@workspaces.of(#id)", limit = 1, window = "1h")
        public String byWorkspace(@PathVariable("id") int id) {
            return "document " + id;
        }

        @GetMapping("/mono/{account}")
        @ReverseRateLimited(name = "mono", key = "#account", limit = 1, window = "1h")
        public Mono<String> mono(@PathVariable("account") String account) {
            return Mono.just(account);
        }

        @GetMapping("/future/{account}")
        @ReverseRateLimited(name = "future", key = "#account", limit = 1, window = "1h")
        public CompletableFuture<String> future(@PathVariable("account") String account) {
            return CompletableFuture.completedFuture(account);
        }

        @GetMapping("/waiting/{account}")
        @ReverseRateLimited(name = "waiting", key = "#account", limit = 1, window = "200ms", maxWait = "30s")
        public String waiting(@PathVariable("account") String account) {
            return account;
        }
    }

    /** What stands beside the handler is no request of its own. */
    @RestController
    @ReverseRateLimited(name = "whole-type", limit = 1, window = "1h")
    static class WholeType {

        @InitBinder
        public void binds(WebDataBinder binder) {
            assertThat(binder).isNotNull();
        }

        @ModelAttribute("tenant")
        public String tenant() {
            return "acme";
        }

        @GetMapping("/whole-type")
        public String call(@RequestParam("fail") boolean fail) {
            if (fail) {
                throw new UnsupportedOperationException();
            }
            return "called";
        }

        @ExceptionHandler
        public ResponseEntity<String> answer(UnsupportedOperationException e) {
            return ResponseEntity.status(418).body("handled");
        }
    }

    interface Api {

        @GetMapping("/interface/{account}")
        @ReverseRateLimited(name = "interface", key = "#account", limit = 1, window = "1h")
        String call(@PathVariable("account") String account);

        @GetMapping("/shared/{account}")
        String shared(@PathVariable("account") String account);
    }

    /** Implements the interface that the client it calls implements too. */
    @RestController
    static class ByInterface implements Api {

        private final Client client;

        ByInterface(Client client) {
            this.client = client;
        }

        @Override
        public String call(String account) {
            return account;
        }

        @Override
        public String shared(String account) {
            return client.shared(account);
        }
    }

    @RestController
    static class Outbound {

        private final Client client;

        Outbound(Client client) {
            this.client = client;
        }

        @GetMapping("/outbound/{account}")
        public String outbound(@PathVariable("account") String account) {
            return client.call(account);
        }

        @GetMapping("/both/{account}")
        @ReverseRateLimited(name = "both", key = "#account", limit = 100, window = "1h")
        public String both(@PathVariable("account") String account) {
            return client.call(account);
        }
    }

    @Component
    static class Client implements Api {

        @Override
        @ReverseRateLimited(name = "provider", key = "#account", limit = 1, window = "1h")
        public String call(String account) {
            return "answer to " + account;
        }

        @Override
        @ReverseRateLimited(name = "provider-shared", key = "#account", limit = 1, window = "1h")
        public String shared(String account) {
            return "answer to " + account;
        }
    }

    /** Answers itself. */
    @RestController
    static class Handling {

        @GetMapping("/handling/{account}")
        @ReverseRateLimited(name = "handling", key = "#account", limit = 1, window = "1h")
        public String call(@PathVariable("account") String account) {
            return account;
        }

        @ExceptionHandler
        ResponseEntity<String> denied(RateLimitExceededException e) {
            return ResponseEntity.status(418).body("by the controller");
        }
    }

    @Component("workspaces")
    static class Workspaces {

        public String of(int document) {
            return document < 100 ? "acme" : "globex";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class ServletSecurity {

        @Bean
        Filter user() {
            return (request, response, chain) ->
                    chain.doFilter(new WithPrincipal((HttpServletRequest) request), response);
        }
    }

    private static final class WithPrincipal extends HttpServletRequestWrapper {

        WithPrincipal(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Principal getUserPrincipal() {
            String name = getHeader("X-User");
            return name == null ? null : new User(name);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class WebFluxSecurity {

        @Bean
        WebFilter user() {
            return (exchange, chain) -> chain.filter(exchange.mutate()
                    .principal(
                            Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("X-User"))
                                    .map(User::new))
                    .build());
        }
    }

    private record User(String name) implements Principal {

        @Override
        public String getName() {
            return name;
        }
    }
}
