package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** FAULTS row 49: the limiter's own connections are encrypted, and trust whom the application's trust. */
class TlsIT {

    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);
    private static final CreditRequest REQUEST = CreditRequest.of("acme", RateLimit.of(1_000_000, Duration.ofHours(1)));
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    private static Path directory;

    private static FragileRedis redis;
    private static int port;
    private static KeyStore keys;

    @BeforeAll
    static void startRedis() throws IOException, InterruptedException, GeneralSecurityException {
        keys = selfSigned();
        pem("key.pem", "PRIVATE KEY", keys.getKey("redis", PASSWORD).getEncoded());
        pem("certificate.pem", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
        port = RedisServer.freePort();
        redis = FragileRedis.start(
                "tls-port " + port,
                "tls-auth-clients no",
                "tls-key-file " + directory.resolve("key.pem"),
                "tls-cert-file " + directory.resolve("certificate.pem"),
                "tls-ca-cert-file " + directory.resolve("certificate.pem"));
    }

    private static KeyStore selfSigned() throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        String.valueOf(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            made.load(in, PASSWORD);
        }
        return made;
    }

    private static void pem(String name, String what, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                directory.resolve(name), "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Test
    void lettuceCountsOverTls() {
        countsOverTls(lettuce(
                SslOptions.builder()
                        .jdkSslProvider()
                        .trustManager(directory.resolve("certificate.pem").toFile())
                        .build(),
                port));
    }

    @Test
    void jedisCountsOverTls() throws GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        trusted.setCertificateEntry("redis", keys.getCertificate("redis"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);

        countsOverTls(new JedisConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                JedisClientConfiguration.builder()
                        .useSsl()
                        .sslSocketFactory(context.getSocketFactory())
                        .build()));
    }

    private static LettuceConnectionFactory lettuce(SslOptions options, int to) {
        return new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", to),
                LettuceClientConfiguration.builder()
                        .clientOptions(
                                ClientOptions.builder().sslOptions(options).build())
                        .useSsl()
                        .build());
    }

    private static void countsOverTls(RedisConnectionFactory factory) {
        OutageContract.start(factory);
        try (ReverseRateLimiter limiter = limiter(factory)) {
            await().until(() -> limiter.acquire(REQUEST) instanceof Acquisition.Granted);

            assertThat(redis.answer("CLIENT LIST", Pattern.compile("(?s)\\$.*\n\r\n"))
                            .group()
                            .lines()
                            .filter(line -> line.contains("cmd=eval"))
                            .toList())
                    .isNotEmpty()
                    .allMatch(line -> line.contains("laddr=127.0.0.1:" + port + " "));
        } finally {
            ((Lifecycle) factory).stop();
        }
    }

    @Test
    void doesNotTrustWhomTheApplicationDoesNotTrust() {
        RedisConnectionFactory factory =
                lettuce(SslOptions.builder().jdkSslProvider().build(), port);
        OutageContract.start(factory);
        try (SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT)) {
            assertThat(executor.execute(RedisCreditStore.script(), new byte[][] {{'k'}}, new byte[][] {{}}))
                    .failsWithin(STORE_TIMEOUT)
                    .withThrowableThat()
                    .withMessageContaining("Redis refuses")
                    .withMessageContaining("unable to find valid certification path")
                    .withMessageContaining("spring.data.redis.ssl");
        } finally {
            ((Lifecycle) factory).stop();
        }
    }

    /** Redis waits for the rest of a command, and this for a greeting. */
    @Test
    void hangsAtAPortThatIsPlain() {
        isAnsweredByThePolicy(
                lettuce(SslOptions.builder().jdkSslProvider().build(), redis.port()),
                CreditStoreException.Reason.TIMEOUT);
    }

    @Test
    void isNotConnectedToAPortOfTlsWithoutTls() {
        isAnsweredByThePolicy(new LettuceConnectionFactory("127.0.0.1", port), CreditStoreException.Reason.CONNECTION);
    }

    private static void isAnsweredByThePolicy(RedisConnectionFactory factory, CreditStoreException.Reason reason) {
        OutageContract.start(factory);
        Duration timeout = Duration.ofMillis(250);
        List<CreditStoreException.Reason> reasons = new CopyOnWriteArrayList<>();
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(
                        new RedisCreditStore(new SpringDataRedisScriptExecutor(factory, timeout), "tls:"))
                .storeTimeout(timeout)
                .listener(new RateLimiterListener() {
                    @Override
                    public void storeWentAway(CreditStoreException cause) {
                        reasons.add(cause.reason());
                    }
                })
                .build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(limiter.acquire(REQUEST))
                        .isInstanceOfSatisfying(
                                Acquisition.Denied.class,
                                denied -> assertThat(denied.reason()).isEqualTo(Acquisition.Reason.STORE_UNAVAILABLE));
            }
            await().untilAsserted(() -> assertThat(reasons).containsExactly(reason));
        } finally {
            ((Lifecycle) factory).stop();
        }
    }

    private static ReverseRateLimiter limiter(RedisConnectionFactory factory) {
        return ReverseRateLimiter.builder(
                        new RedisCreditStore(new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT), "tls:"))
                .storeTimeout(STORE_TIMEOUT)
                .margin(Duration.ofHours(1))
                .build();
    }
}
