package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.StringUtils;

/** An application that has none of the libraries which only some return types need; it has a class loader of its own. */
class WithoutOptionalLibrariesTest {

    private static final Pattern OPTIONAL = Pattern.compile(
            "(reactor-|reactive-streams|context-propagation|kotlin|rxjava|lettuce|micrometer-).*\\.jar");

    private ClassLoader before;
    private URLClassLoader loader;

    @BeforeEach
    void makeTheClassLoader() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : StringUtils.tokenizeToStringArray(classPath, File.pathSeparator)) {
            if (!OPTIONAL.matcher(new File(entry).getName()).matches()) {
                urls.add(new File(entry).toURI().toURL());
            }
        }
        loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
    }

    @AfterEach
    void closeTheClassLoader() throws IOException {
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reactor.core.publisher.Mono",
                "org.reactivestreams.Publisher",
                "io.micrometer.context.ContextSnapshotFactory",
                "kotlin.Unit"
            })
    void theyAreNotThere(String className) {
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> loader.loadClass(className));
    }

    @Test
    void valuesAreLimited() throws ReflectiveOperationException {
        run(Values.class);
    }

    @Test
    void futuresAreLimitedAndWait() throws ReflectiveOperationException {
        run(Futures.class);
    }

    @Test
    void thatAPublisherCannotBeAdaptedStopsTheStart() throws ReflectiveOperationException {
        run(Publishers.class);
    }

    private void run(Class<? extends Runnable> scenario) throws ReflectiveOperationException {
        Class<?> isolated = Class.forName(scenario.getName(), true, loader);
        assertThat(isolated.getClassLoader()).isSameAs(loader);

        ((Runnable) isolated.getConstructor().newInstance()).run();
    }

    /** Runs in the other class loader. */
    public static final class Values implements Runnable {

        @Override
        public void run() {
            Application application = new Application();
            application.run(Client.class, client -> {
                assertThat(client.call()).isEqualTo("answer");
                assertThat(client.call()).isEqualTo("answer");
                assertThat(application.naps()).isEqualTo(1);
            });
        }
    }

    /** Runs in the other class loader. */
    public static final class Futures implements Runnable {

        @Override
        public void run() {
            Application application = new Application();
            application.run(Client.class, client -> {
                client.future();
                CompletableFuture<String> second = client.future();
                assertThat(second).isNotDone();
                application.pass(Duration.ofSeconds(1));
                assertThat(second).isCompletedWithValue("answer");
            });
        }
    }

    /** Runs in the other class loader. */
    public static final class Publishers implements Runnable {

        @Override
        public void run() {
            new Application()
                    .context(Publishing.class)
                    .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                            .contains("Publishing.call()")
                            .contains(
                                    "It returns a java.util.concurrent.Flow$Publisher, for which Spring has no adapter")
                            .contains("Add io.projectreactor:reactor-core to the class path"));
        }
    }

    static class Client {

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public String call() {
            return "answer";
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public CompletableFuture<String> future() {
            return CompletableFuture.completedFuture("answer");
        }
    }

    static class Publishing {

        @ReverseRateLimited(window = "1s", limit = 1)
        public Flow.Publisher<String> call() {
            return subscriber -> {};
        }
    }
}
