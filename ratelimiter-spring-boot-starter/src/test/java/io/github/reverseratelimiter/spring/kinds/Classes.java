package io.github.reverseratelimiter.spring.kinds;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;

/** Classes of beans, one for each kind. A {@link Template}. */
final class Classes {

    private Classes() {}

    static class Annotated {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        public String denied(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        public String replaced(String account) {
            return Answers.CALLED;
        }

        public String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    static class Inheriting extends Annotated {}

    static class Overriding extends Annotated {

        @Override
        public String denied(String other) {
            return super.denied(other);
        }

        @Override
        public String waiting(String other) {
            return super.waiting(other);
        }

        @Override
        public String replaced(String other) {
            return super.replaced(other);
        }
    }

    static class NotPublic {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        protected String denied(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        String waiting(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        protected String replaced(String account) {
            return Answers.CALLED;
        }

        protected String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    static class Implementing implements Remote {

        @Override
        public String denied(String account) {
            return Answers.CALLED;
        }

        @Override
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @Override
        public String replaced(String account) {
            return Answers.CALLED;
        }
    }

    static final class FinalImplementing implements Remote {

        @Override
        public String denied(String account) {
            return Answers.CALLED;
        }

        @Override
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @Override
        public String replaced(String account) {
            return Answers.CALLED;
        }
    }

    record OfRecord() implements Remote {

        @Override
        public String denied(String account) {
            return Answers.CALLED;
        }

        @Override
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @Override
        public String replaced(String account) {
            return Answers.CALLED;
        }
    }

    interface WithDefaults {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        default String denied(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        default String waiting(String account) {
            return Answers.CALLED;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        default String replaced(String account) {
            return Answers.CALLED;
        }

        default String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    static class Defaulting implements WithDefaults {}

    interface Generic<T> {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        String denied(T account);

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        String waiting(T account);

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        String replaced(T account);
    }

    static class OfGeneric implements Generic<String> {

        @Override
        public String denied(String account) {
            return Answers.CALLED;
        }

        @Override
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @Override
        public String replaced(String account) {
            return Answers.CALLED;
        }

        public String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ReverseRateLimited(key = "#account", margin = "0")
    @interface Limited {

        @AliasFor(annotation = ReverseRateLimited.class)
        String window();

        @AliasFor(annotation = ReverseRateLimited.class)
        int limit();

        @AliasFor(annotation = ReverseRateLimited.class)
        String maxWait() default "";

        @AliasFor(annotation = ReverseRateLimited.class, attribute = "fallbackMethod")
        String otherwise() default "";
    }

    static class Composed {

        @Limited(window = "1h", limit = 2)
        public String denied(String account) {
            return Answers.CALLED;
        }

        @Limited(window = "100ms", limit = 1, maxWait = "10s")
        public String waiting(String account) {
            return Answers.CALLED;
        }

        @Limited(window = "1h", limit = 1, otherwise = "instead")
        public String replaced(String account) {
            return Answers.CALLED;
        }

        public String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Annotated scoped() {
            return new Annotated();
        }
    }
}
