package io.github.reverseratelimiter.spring.autoconfigure;

import org.springframework.util.StringUtils;

/** Part of a message as a sentence. */
final class Sentence {

    private Sentence() {}

    static String of(String text) {
        return StringUtils.capitalize(text) + (text.endsWith(".") ? "" : ".");
    }
}
