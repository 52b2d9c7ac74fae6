package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.CreditKey;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Different keys have different names, whatever is in them. */
class RedisKeysTest {

    private static final List<String> LIMITERS =
            List.of("", "github", "git", "hub", "sha256", "GitHub.call", "a/b#c$d@e");

    private final RedisKeys keys = new RedisKeys("rrl:");

    private String name(String limiter, String key) {
        return new String(keys.name(new CreditKey(limiter, key)), StandardCharsets.ISO_8859_1);
    }

    @Test
    void anOrdinaryNameCanBeRead() {
        assertThat(name("github", "acme")).isEqualTo("rrl:github:acme");
        assertThat(name("", "acme")).isEqualTo("rrl::acme");
    }

    @Test
    void aPrefixWithTheSignsOfAPatternIsTakenAsItIs() {
        RedisKeys starred = new RedisKeys("a*[b]:");

        assertThat(OddKeys.all()).allSatisfy(key -> {
            String name = new String(starred.name(new CreditKey("github", key)), StandardCharsets.ISO_8859_1);
            assertThat(name).isEqualTo("a*[b]:" + name("github", key).substring("rrl:".length()));
        });
        assertThat(starred.areInOneSlot()).isFalse();
    }

    @Test
    void aHashTagStandsBehindThePrefix() {
        RedisKeys tagged = new RedisKeys("rrl:", "app");

        assertThat(new String(tagged.name(new CreditKey("github", "acme")), StandardCharsets.ISO_8859_1))
                .isEqualTo("rrl:{app}github:acme");
    }

    @Test
    void aHashTagPutsAllKeysIntoOneSlot() {
        RedisKeys tagged = new RedisKeys("r}r{l:", "app");

        assertThat(OddKeys.all())
                .extracting(key -> SlotHash.getSlot(tagged.name(new CreditKey("github", key))))
                .containsOnly(SlotHash.getSlot(tagged.name(new CreditKey("", "other"))));
    }

    @Test
    void knowsWhetherAllAreInOneSlot() {
        assertThat(new RedisKeys("rrl:").areInOneSlot()).isFalse();
        assertThat(new RedisKeys("rrl:", "app").areInOneSlot()).isTrue();
        assertThat(new RedisKeys("{app}:").areInOneSlot()).isTrue();
        assertThat(new RedisKeys("{}{app}:").areInOneSlot()).isFalse();
        assertThat(new RedisKeys("app}:{").areInOneSlot()).isFalse();
    }

    @Test
    void bracesThatWouldDefeatTheHashTagAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisKeys("rrl:", "{app}"))
                .withMessage("hash-tag must hold no braces but was '{app}': they are put around it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisKeys("{}:", "app"))
                .withMessage("key-prefix must not hold {} where there is a hash-tag but was '{}:': leave them out");
    }

    @Test
    void noTwoOddKeysShareAName() {
        Map<String, CreditKey> names = new HashMap<>();
        for (String limiter : LIMITERS) {
            for (String key : OddKeys.all()) {
                CreditKey other = names.put(name(limiter, key), new CreditKey(limiter, key));

                assertThat(other).isNull();
            }
        }
    }

    @Test
    void noTwoRandomKeysShareAName() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = ":{}%/?\0a1é\uD83E\uDD8A\uFFFDsha256";
        Map<String, CreditKey> names = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? ":" : "k");
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            CreditKey key = new CreditKey(LIMITERS.get(random.nextInt(LIMITERS.size())), text.toString());
            CreditKey other = names.put(name(key.limiter(), key.value()), key);

            assertThat(other == null || other.equals(key))
                    .as("seed %s: %s", seed, i)
                    .isTrue();
        }
    }

    @Test
    void aLimitersNameCannotBeMistakenForPartOfAKey() {
        assertThat(name("github", "acme")).isNotEqualTo(name("", "github:acme"));
        assertThat(name("", ":acme")).isNotEqualTo(name("", "acme"));
        assertThat(name("git", "hub")).isNotEqualTo(name("github", "hub")).isNotEqualTo(name("gith", "ub"));
    }

    @Test
    void keysAboveTwoHundredBytesAreHashed() {
        assertThat(name("github", "x".repeat(200))).isEqualTo("rrl:github:" + "x".repeat(200));
        assertThat(name("github", "x".repeat(201))).matches("rrl:github:sha256:[0-9a-f]{64}");
        assertThat(name("github", "é".repeat(101))).matches("rrl:github:sha256:[0-9a-f]{64}");
        assertThat(name("github", "x".repeat(1_000_000))).hasSameSizeAs(name("github", "x".repeat(201)));
    }

    @Test
    void aKeyThatLooksLikeAHashIsNotOne() {
        String hashed = name("github", "x".repeat(201));

        assertThat(name("github", hashed.substring("rrl:github:".length()))).isNotEqualTo(hashed);
    }

    @Test
    void textThatIsNoUnicodeIsNotSqueezedIntoQuestionMarks() {
        assertThat(hex("\uD83E")).isEqualTo(hex("") + "eda0be");
        assertThat(hex("\uDD8A")).isEqualTo(hex("") + "edb68a");
        assertThat(hex("a\uD83Eb")).isEqualTo(hex("") + "61eda0be62");
        assertThat(hex("\uD83E\uDD8A")).isEqualTo(hex("") + "f09fa68a");
    }

    private final RedisKeys hashed =
            new RedisKeys("rrl:", "", new KeyHash("a secret of some length".getBytes(StandardCharsets.UTF_8)));

    private String hashed(String limiter, String key) {
        return new String(hashed.name(new CreditKey(limiter, key)), StandardCharsets.ISO_8859_1);
    }

    /** As {@code printf github:acme | openssl dgst -sha256 -hmac 'a secret of some length'} says. */
    @Test
    void aHashedKeyCannotBeReadButItsLimiterCan() {
        assertThat(hashed("github", "acme"))
                .isEqualTo("rrl:github:hmac-sha256:d64d4c65b096aed8e6a8912d836ad6a502de1546678d1b2007ba38110567a676");
    }

    @Test
    void anotherSecretOrLimiterGivesAnotherHash() {
        RedisKeys other = new RedisKeys(
                "rrl:", "", new KeyHash("another secret of some length".getBytes(StandardCharsets.UTF_8)));

        assertThat(hashed("github", "acme"))
                .isNotEqualTo(new String(other.name(new CreditKey("github", "acme")), StandardCharsets.ISO_8859_1))
                .doesNotEndWith(hashed("stripe", "acme").substring("rrl:stripe:".length()));
    }

    @Test
    void noTwoOddKeysShareAHash() {
        Map<String, CreditKey> names = new HashMap<>();
        for (String limiter : LIMITERS) {
            for (String key : OddKeys.all()) {
                CreditKey other = names.put(hashed(limiter, key), new CreditKey(limiter, key));

                assertThat(other).isNull();
            }
        }
    }

    @Test
    void aKeyThatLooksLikeAnHmacIsNotOne() {
        String hash = hashed("github", "acme");

        assertThat(name("github", hash.substring("rrl:github:".length()))).isNotEqualTo(hash);
        assertThat(hashed("github", hash.substring("rrl:github:".length()))).isNotEqualTo(hash);
    }

    @Test
    void hashesFromManyThreadsAtOnce() {
        String expected = hashed("github", "acme");

        assertThat(IntStream.range(0, 20_000).parallel().mapToObj(i -> hashed("github", "acme")))
                .containsOnly(expected);
    }

    @Test
    void aShortSecretIsRefusedWithoutTellingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyHash("canary".getBytes(StandardCharsets.UTF_8)))
                .withMessage("the secret that hashes keys must have at least 16 bytes but has 6:"
                        + " give random ones, the same to all instances");
    }

    private String hex(String key) {
        byte[] name = key.isEmpty()
                ? "rrl:github:".getBytes(StandardCharsets.US_ASCII)
                : keys.name(new CreditKey("github", key));
        return HexFormat.of().formatHex(name);
    }
}
