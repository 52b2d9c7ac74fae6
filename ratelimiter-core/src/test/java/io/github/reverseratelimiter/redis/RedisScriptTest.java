package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RedisScriptTest {

    /** By a wrong one each call would send the whole script. */
    @Test
    void isKnownByItsSha1() throws NoSuchAlgorithmException {
        RedisScript script = RedisCreditStore.script();

        assertThat(script.sha1())
                .as("write this one into RedisCreditStore")
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(script.bodyBytes())));
    }

    @Test
    void saysWhichOneIsMissing() {
        assertThatThrownBy(() -> RedisScript.load("none.lua", "0")).hasMessageContaining("'none.lua' is missing");
    }
}
