package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.github.reverseratelimiter.ReverseRateLimiter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Two places that state different limits for one window are warned about at start-up, where that can be seen. */
class DifferentLimitsTest {

    @Test
    void ofOneConstantKey() {
        assertThat(warnings(OneKey.class))
                .singleElement()
                .asString()
                .contains("DifferentLimitsTest$OneKey.one() states ")
                .contains("DifferentLimitsTest$OneKey.other() states ")
                .contains("5 per 1m", "6 per 1m", "both for key 'github' without a name")
                .contains("state one limit, or give them different names");
    }

    @Test
    void ofOneExpression() {
        assertThat(warnings(OneExpression.class, OtherExpression.class))
                .singleElement()
                .asString()
                .contains("OneExpression.call(String) states 5 per 1s", "OtherExpression.call(String) states 9 per 1s")
                .contains("both for key ('user:' + #account) of limiter 'stripe'");
    }

    @Test
    void ofOverloadsThatShareTheirDefaultKey() {
        assertThat(warnings(Overloads.class))
                .singleElement()
                .asString()
                .contains("Overloads.call(int)", "Overloads.call(String)");
    }

    @Test
    void ofALazyBean() {
        try (Warnings warnings = new Warnings()) {
            runner().withBean("one", Overloads.class, Overloads::new, definition -> definition.setLazyInit(true))
                    .run(context -> assertThat(warnings.texts()).hasSize(1));
        }
    }

    @Test
    void ofTheConfigurationAndAnAnnotation() {
        assertThat(warnings(OwnLimit.class))
                .singleElement()
                .asString()
                .contains("OwnLimit.call(String) states 3 per 1s")
                .contains("the limiter of that name is configured with 5 per 1s")
                .contains("limiter 'github'");
    }

    @Test
    void isSaidOnceForAllClassesThatInheritThem() {
        assertThat(warnings(Overloads.class, InheritsOverloads.class, InheritsThemToo.class))
                .hasSize(1);
    }

    @Test
    void isNotSaidOfDifferentWindowsKeysOrNames() {
        assertThat(warnings(Different.class)).isEmpty();
    }

    @Test
    void isNotSaidOfOneLimitStatedTwice() {
        assertThat(warnings(StatedTwice.class)).isEmpty();
    }

    @Test
    void isNotAskedOfALimiterThatKnowsNoNames() {
        Contexts.memory()
                .withBean(ReverseRateLimiter.class, () -> mock())
                .withBean(OwnLimit.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static List<String> warnings(Class<?>... beans) {
        try (Warnings warnings = new Warnings()) {
            ApplicationContextRunner runner = runner();
            for (Class<?> bean : beans) {
                runner = runner.withBean(bean);
            }
            runner.run(context -> assertThat(context).hasNotFailed());
            return warnings.texts();
        }
    }

    private static ApplicationContextRunner runner() {
        return Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.github.limit=5",
                        "reverse-rate-limiter.limiters.github.window=1s");
    }

    static class OneKey {

        @ReverseRateLimited(key = "'github'", limit = 5, window = "1m")
        public void one() {}

        @ReverseRateLimited(key = "\"github\"", limit = 6, window = "60s")
        public void other() {}
    }

    static class OneExpression {

        @ReverseRateLimited(name = "stripe", key = "'user:' + #account", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class OtherExpression {

        @ReverseRateLimited(name = "stripe", key = "'user:'+#account", limit = 9, window = "1s")
        public void call(String account) {}
    }

    static class Overloads {

        @ReverseRateLimited(limit = 5, window = "1s")
        public void call(String account) {}

        @ReverseRateLimited(limit = 6, window = "1s")
        public void call(int account) {}
    }

    static class InheritsOverloads extends Overloads {}

    static class InheritsThemToo extends Overloads {}

    static class OwnLimit {

        @ReverseRateLimited(name = "github", key = "#account", limit = 3, window = "1s")
        public void call(String account) {}
    }

    static class Different {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        public void one(String account) {}

        @ReverseRateLimited(key = "#account", limit = 100, window = "1m")
        public void otherWindow(String account) {}

        @ReverseRateLimited(key = "#account + '!'", limit = 6, window = "1s")
        public void otherKey(String account) {}

        @ReverseRateLimited(name = "stripe", key = "#account", limit = 7, window = "1s")
        public void otherName(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", limit = 7, window = "1h")
        public void otherWindowThanConfigured(String account) {}
    }

    static class StatedTwice {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        public void one(String account) {}

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        public void other(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", limit = 5, window = "1s")
        public void asConfigured(String account) {}

        @ReverseRateLimited(name = "github", key = "#account")
        public void configured(String account) {}
    }
}
