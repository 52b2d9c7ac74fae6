package io.github.reverseratelimiter.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The script as another version had it, which may meet ours on one key: what it wrote must be read, and the other way round. */
public final class EarlierScript {

    private static final String OF_COMMIT = "credits-013eb0a.lua";

    private EarlierScript() {}

    /** Its text. */
    public static String body() {
        try (InputStream file = Objects.requireNonNull(EarlierScript.class.getResourceAsStream(OF_COMMIT), OF_COMMIT)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
