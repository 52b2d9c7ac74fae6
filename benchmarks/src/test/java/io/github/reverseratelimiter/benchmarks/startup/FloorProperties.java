package io.github.reverseratelimiter.benchmarks.startup;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** As many properties as the starter has, of the same kinds; all that they do is to be read. */
@ConfigurationProperties("floor")
record FloorProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("second") Choice store,
        @DefaultValue("floor:") String keyPrefix,
        @DefaultValue("") String hashTag,
        @DefaultValue("") String secret,
        @DefaultValue("250ms") Duration storeTimeout,
        @DefaultValue("first") Choice onFailure,
        @DefaultValue("1") int instances,
        @DefaultValue("25ms") Duration margin,
        @DefaultValue("1000") int waiters,
        @DefaultValue("5ms") Duration denials,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("1m") Duration longestCall,
        @DefaultValue("10s") Duration cache,
        @DefaultValue("") String factory,
        @DefaultValue("true") boolean selfTest,
        @DefaultValue("second") Choice advice,
        @DefaultValue("first") Choice misuse,
        @DefaultValue Map<String, Named> named,
        @DefaultValue Web web) {

    /** One of two. */
    enum Choice {
        FIRST,
        SECOND
    }

    /** What is told of a name. */
    record Named(
            @DefaultValue("1") int limit,
            @DefaultValue("1s") Duration window) {}

    /** Further properties, within. */
    record Web(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("429") int status) {}
}
