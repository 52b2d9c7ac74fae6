package io.github.reverseratelimiter.spring.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application that serves HTTP on a port of its own; nothing of it is mocked.
 *
 * @param context that serves
 * @param http asks it
 */
record WebApplication(ConfigurableApplicationContext context, HttpClient http) implements AutoCloseable {

    static WebApplication start(WebApplicationType type, List<Class<?>> sources, String... properties) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
                .web(type)
                .registerShutdownHook(false)
                .properties("server.port=0", "spring.main.banner-mode=off", "spring.main.log-startup-info=false")
                .properties("reverse-rate-limiter.store=memory", "spring.mvc.log-resolved-exception=false")
                .properties("spring.autoconfigure.exclude=" + ofOtherTests())
                .properties("logging.level.org.apache.catalina.core.ContainerBase=off")
                .properties(
                        "reverse-rate-limiter.limiters.plan.limits[0].limit=1",
                        "reverse-rate-limiter.limiters.plan.limits[0].window=1500ms",
                        "reverse-rate-limiter.limiters.plan.limits[1].limit=1",
                        "reverse-rate-limiter.limiters.plan.limits[1].window=1h")
                .properties(properties)
                .run();
        return new WebApplication(context, HttpClient.newHttpClient());
    }

    /** What is on the class path for other tests; some of it refuses to work on Spring Boot 4. */
    private static String ofOtherTests() {
        return ImportCandidates.load(AutoConfiguration.class, WebApplication.class.getClassLoader())
                .getCandidates()
                .stream()
                .filter(name ->
                        name.startsWith("io.github.resilience4j.") || name.startsWith("org.springframework.cloud."))
                .collect(Collectors.joining(","));
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }
}
