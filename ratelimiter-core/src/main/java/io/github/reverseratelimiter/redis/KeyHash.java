package io.github.reverseratelimiter.redis;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The HMAC-SHA-256 of a limiter's name, a colon and a key. Who does not know the secret can neither tell the key from it,
 * not even by trying those that are likely, nor that two limiters have the same key.
 */
final class KeyHash {

    static final String PREFIX = "hmac-sha256:";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 16;

    /** Has taken in the secret, and is only ever cloned: so it serves all threads, and nothing is kept for each. */
    private final Mac keyed;

    private final SecretKeySpec secret;

    /**
     * With a secret.
     *
     * @throws IllegalArgumentException if it is null or short; the message does not hold it
     */
    KeyHash(byte[] secret) {
        if (secret == null || secret.length < SHORTEST) {
            throw new IllegalArgumentException("the secret that hashes keys must have at least " + SHORTEST + " bytes"
                    + (secret == null ? " but was null" : " but has " + secret.length)
                    + ": give random ones, the same to all instances");
        }
        this.secret = new SecretKeySpec(secret, ALGORITHM);
        this.keyed = fresh();
    }

    private Mac fresh() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] of(byte[] limiter, byte[] key) {
        Mac mac = copy();
        mac.update(limiter);
        mac.update((byte) ':');
        return (PREFIX + HexFormat.of().formatHex(mac.doFinal(key))).getBytes(StandardCharsets.US_ASCII);
    }

    private Mac copy() {
        try {
            return (Mac) keyed.clone();
        } catch (CloneNotSupportedException e) {
            // Some providers, those in hardware above all.
            return fresh();
        }
    }
}
