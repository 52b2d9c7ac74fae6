package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names of states in Redis: prefix, limiter, a colon, the key. Different keys have different names: a limiter's name
 * holds no colon, text that is not valid Unicode is not squeezed into question marks, and a long key is hashed. With a
 * secret, every key is.
 */
final class RedisKeys {

    /** Longest key, in bytes, that stands in the name as it is. */
    private static final int LONGEST = 200;

    private static final String HASHED = "sha256:";

    private final byte[] prefix;
    private final boolean inOneSlot;
    private final @Nullable KeyHash hash;

    /** Names that begin so, without a hash tag. */
    RedisKeys(String prefix) {
        this(prefix, "");
    }

    /**
     * Names that begin so.
     *
     * @throws IllegalArgumentException if the prefix is null or empty, or there are braces where they defeat the hash tag
     */
    RedisKeys(String prefix, String hashTag) {
        this(prefix, hashTag, null);
    }

    /** Names that begin so, and in which no key can be read if there is a hash. */
    RedisKeys(String prefix, String hashTag, @Nullable KeyHash hash) {
        if (prefix == null || prefix.isEmpty()) {
            throw new IllegalArgumentException(
                    "key-prefix must not be null or empty: it keeps our keys apart from yours; give \"rrl:\", for example");
        }
        if (hashTag == null) {
            throw new IllegalArgumentException("hash-tag must not be null: give \"\" for none");
        }
        if (hashTag.indexOf('{') >= 0 || hashTag.indexOf('}') >= 0) {
            throw new IllegalArgumentException(
                    "hash-tag must hold no braces but was '" + hashTag + "': they are put around it");
        }
        String whole = hashTag.isEmpty() ? prefix : prefix + "{" + hashTag + "}";
        this.prefix = bytes(whole);
        this.inOneSlot = hasHashTag(whole);
        this.hash = hash;
        if (!hashTag.isEmpty() && !inOneSlot) {
            throw new IllegalArgumentException(
                    "key-prefix must not hold {} where there is a hash-tag but was '" + prefix + "': leave them out");
        }
    }

    /** As a cluster looks for it: what stands between the first opening brace and the next closing one, if that is anything. */
    private static boolean hasHashTag(String text) {
        int open = text.indexOf('{');
        return open >= 0 && text.indexOf('}', open) > open + 1;
    }

    /** Whether a cluster keeps all of them in one slot. */
    boolean areInOneSlot() {
        return inOneSlot;
    }

    byte[] name(CreditKey key) {
        byte[] limiter = key.limiter().getBytes(StandardCharsets.US_ASCII);
        byte[] value = value(key, limiter);
        byte[] name = new byte[prefix.length + limiter.length + 1 + value.length];
        System.arraycopy(prefix, 0, name, 0, prefix.length);
        System.arraycopy(limiter, 0, name, prefix.length, limiter.length);
        name[prefix.length + limiter.length] = ':';
        System.arraycopy(value, 0, name, name.length - value.length, value.length);
        return name;
    }

    private byte[] value(CreditKey key, byte[] limiter) {
        byte[] value = bytes(key.value());
        if (hash != null) {
            return hash.of(limiter, value);
        }
        boolean looksHashed = key.value().startsWith(HASHED) || key.value().startsWith(KeyHash.PREFIX);
        return value.length > LONGEST || looksHashed
                ? (HASHED + sha256(value)).getBytes(StandardCharsets.US_ASCII)
                : value;
    }

    /** UTF-8, with an unpaired surrogate as three bytes of its own (as WTF-8 has it). */
    private static byte[] bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return generalized(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] generalized(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() * 3);
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                out.write(0xE0 | (codePoint >> 12));
                out.write(0x80 | ((codePoint >> 6) & 0x3F));
                out.write(0x80 | (codePoint & 0x3F));
            } else {
                out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
