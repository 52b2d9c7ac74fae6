package io.github.reverseratelimiter.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A Lua script: its text, and the SHA-1 by which Redis knows it. */
public final class RedisScript {

    private final String body;
    private final String sha1;
    private final byte[] bodyBytes;

    private RedisScript(byte[] bodyBytes, String sha1) {
        this.bodyBytes = bodyBytes;
        this.body = new String(bodyBytes, StandardCharsets.UTF_8);
        this.sha1 = sha1;
    }

    /** The same text by a name that no server knows: it is sent whole, as to a server that has forgotten it. */
    RedisScript asIfForgotten() {
        return new RedisScript(bodyBytes, "0".repeat(sha1.length()));
    }

    /** The script of this name beside this class, whose SHA-1 is known: to find it anew takes longer than all else of it. */
    static RedisScript load(String name, String sha1) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("script '" + name + "' is missing from the jar");
            }
            return new RedisScript(in.readAllBytes(), sha1);
        } catch (IOException e) {
            throw new UncheckedIOException("script '" + name + "' cannot be read", e);
        }
    }

    /** The text, for EVAL. */
    public String body() {
        return body;
    }

    /** The text in UTF-8. */
    public byte[] bodyBytes() {
        return bodyBytes.clone();
    }

    /** SHA-1 of the text in hexadecimal, for EVALSHA. */
    public String sha1() {
        return sha1;
    }

    /** {@link #sha1()} in ASCII. */
    public byte[] sha1Bytes() {
        return sha1.getBytes(StandardCharsets.US_ASCII);
    }
}
