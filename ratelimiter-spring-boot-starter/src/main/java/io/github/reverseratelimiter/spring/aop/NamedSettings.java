package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What stands behind a limiter name: what the limiter knows under it, else what is configured. A limiter of the
 * application need not know what is configured, and a mock of one knows nothing.
 *
 * @param limiter asked first
 * @param settings asked next
 */
record NamedSettings(Supplier<ReverseRateLimiter> limiter, Supplier<LimitingSettings> settings) {

    /**
     * The settings of that name, at this moment.
     *
     * @throws IllegalArgumentException if there are none
     */
    LimiterSettings get(String name) {
        return limiter(name).settings();
    }

    /**
     * The limiter of that name, which may be configured anew later.
     *
     * @throws IllegalArgumentException if there is none
     */
    NamedLimiter limiter(String name) {
        try {
            Optional<NamedLimiter> known = Optional.ofNullable(limiter.get().named(name));
            if (known.isPresent()) {
                return known.get();
            }
        } catch (IllegalArgumentException e) {
            return configured(name).orElseThrow(() -> e);
        }
        return configured(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no limiter '" + name + "' among " + names() + ": configure it, or use one of these"));
    }

    /** A limiter with these settings, which nobody has configured. */
    NamedLimiter using(LimiterSettings stated) {
        return new NamedLimiter(limiter.get(), stated);
    }

    private List<String> names() {
        return settings.get().limiters().stream()
                .map(LimiterSettings::name)
                .sorted()
                .toList();
    }

    private Optional<NamedLimiter> configured(String name) {
        return settings.get().limiters().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(each -> new NamedLimiter(limiter.get(), each));
    }
}
