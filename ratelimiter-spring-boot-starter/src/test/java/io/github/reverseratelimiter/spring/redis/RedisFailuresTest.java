package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;

/** What a failure of Redis means (FAULTS rows 19, 20, 22, 31, 49, 50). */
class RedisFailuresTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    FOREIGN_KEY | WRONGTYPE Operation against a key holding the wrong kind of value script: 0a, on @user_script:1.
                    FOREIGN_KEY | ERR Error running script (call to f_0a): @user_script:61: WRONGTYPE Operation against a key
                    ACCESS | NOPERM this user has no permissions to run the 'evalsha' command
                    ACCESS | NOPERM No permissions to access a key
                    ACCESS | ERR The user executing the script can't run this command or subcommand script: 0a
                    AUTHENTICATION | NOAUTH Authentication required.
                    AUTHENTICATION | WRONGPASS invalid username-password pair or user is disabled.
                    AUTHENTICATION | ERR invalid password
                    AUTHENTICATION | ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
                    AUTHENTICATION | ERR Client sent AUTH, but no password is set
                    AUTHENTICATION | DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.
                    DATABASE | ERR DB index is out of range
                    DATABASE | ERR invalid DB index
                    DATABASE | ERR SELECT is not allowed in cluster mode
                    TLS | not an SSL/TLS record: 2d45525220756e6b6e6f776e
                    TLS | Unsupported or unrecognized SSL message
                    TLS | PKIX path building failed: unable to find valid certification path to requested target
                    TLS | javax.net.ssl.SSLHandshakeException: No subject alternative names matching IP address 127.0.0.1 found
                    TLS | Received fatal alert: certificate_required
                    CROSS_SLOT | CROSSSLOT Keys in request don't hash to the same slot
                    CROSS_SLOT | No way to dispatch this command to Redis Cluster because keys have different slots.
                    UNKNOWN_COMMAND | ERR unknown command 'EVALSHA', with args beginning with: '0a' '1' 'rrl::acme-secret'
                    UNKNOWN_COMMAND | ERR unknown command `EVALSHA`, with args beginning with: `0a`, `1`, `rrl::acme-secret`,
                    UNKNOWN_COMMAND | ERR Unknown Redis command called from script script: 0a, on @user_script:1.
                    UNKNOWN_COMMAND | ERR Error running script (call to f_0a): @user_script:1: @user_script: 1: Unknown Redis command called from Lua script
                    FOREIGN_KEY | RRLFOREIGN the key holds a string that is not a limiter state
                    """)
    void lastUntilSomebodyChangesSomething(Reason reason, String reply) {
        CreditStoreException e = RedisFailures.translate(new RedisCommandExecutionException(reply));

        assertThat(e).isInstanceOf(CreditStoreMisconfiguredException.class).hasMessageStartingWith("Redis refuses (");
        assertThat(e.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    LOADING | LOADING Redis is loading the dataset in memory
                    READ_ONLY | READONLY You can't write against a read only replica.
                    READ_ONLY | ERR Error running script (call to f_0a): @user_script:61: READONLY You can't write
                    BUSY | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
                    OUT_OF_MEMORY | OOM command not allowed when used memory > 'maxmemory'.
                    OUT_OF_MEMORY | @user_script: 7: -OOM command not allowed when used memory > 'maxmemory'.
                    MASTER_DOWN | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
                    CLUSTER_DOWN | CLUSTERDOWN Hash slot not served
                    CLUSTER_DOWN | Cannot determine a partition for slot 8877.
                    TRY_AGAIN | TRYAGAIN Multiple keys request during rehashing of slot
                    NO_REPLICAS | NOREPLICAS Not enough good replicas to write.
                    TRY_AGAIN | MOVED 3999 127.0.0.1:6381
                    FORMAT | RRLFORMAT the state has format 2, this client knows 1
                    OTHER | ERR max number of clients reached
                    OTHER | Received fatal alert: close_notify
                    OTHER | ERR something else
                    """)
    void passByThemselves(Reason reason, String reply) {
        CreditStoreException e = RedisFailures.translate(new RedisCommandExecutionException(reply));

        assertThat(e)
                .isNotInstanceOf(CreditStoreMisconfiguredException.class)
                .hasMessageStartingWith("Redis did not decide (")
                .hasMessageContaining(reply);
        assertThat(e.reason()).isEqualTo(reason);
    }

    @Test
    void tellTimeOutsFromConnectionsThatBroke() {
        assertThat(RedisFailures.translate(new RedisCommandTimeoutException("Command timed out"))
                        .reason())
                .isEqualTo(Reason.TIMEOUT);
        assertThat(RedisFailures.translate(new QueryTimeoutException("Redis command timed out"))
                        .reason())
                .isEqualTo(Reason.TIMEOUT);
        assertThat(RedisFailures.translate(new RedisConnectionFailureException("Unable to connect"))
                        .reason())
                .isEqualTo(Reason.CONNECTION);
        assertThat(RedisFailures.translate(new RedisException(new java.io.IOException("Connection reset by peer")))
                        .reason())
                .isEqualTo(Reason.CONNECTION);
        assertThat(RedisFailures.translate(new RedisException("Connection closed"))
                        .reason())
                .isEqualTo(Reason.CONNECTION);
    }

    @Test
    void keepTheOriginalAsCause() {
        Exception original = new RedisCommandExecutionException("READONLY no");

        assertThat(RedisFailures.translate(original)).hasCause(original);
    }

    @Test
    void looseTheWrappingOfFutures() {
        Exception original = new RedisCommandTimeoutException("Command timed out after 1 second(s)");

        assertThat(RedisFailures.translate(new CompletionException(original)))
                .hasCause(original)
                .hasMessageContaining("timed out after 1 second");
    }

    @Test
    void areFoundInTheCauses() {
        Exception refused = new RedisConnectionException(
                "Unable to connect", new RedisCommandExecutionException("WRONGPASS invalid username-password pair"));

        assertThat(RedisFailures.translate(new RedisConnectionFailureException("Unable to connect to Redis", refused)))
                .isInstanceOf(CreditStoreMisconfiguredException.class)
                .hasMessageContaining("spring.data.redis.username");
    }

    @Test
    void sayWhatLiesAtTheBottom() {
        Exception refused = new RedisConnectionException(
                "Unable to connect", new java.net.ConnectException("Connection refused: localhost/127.0.0.1:6379"));

        assertThat(RedisFailures.translate(refused))
                .hasMessageContaining("Connection refused: localhost/127.0.0.1:6379");
    }

    @Test
    void doNotRepeatTheKeyOfAnUnknownCommand() {
        CreditStoreException e = RedisFailures.translate(new RedisCommandExecutionException(
                "ERR unknown command 'EVALSHA', with args beginning with: '0a' '1' 'rrl::acme-secret' "));

        assertThat(e).hasMessageContaining("unknown command 'EVALSHA'");
        assertThat(org.assertj.core.util.Throwables.getStackTrace(e)).doesNotContain("acme-secret");
    }

    @Test
    void areTranslatedOnce() {
        CreditStoreException translated = new CreditStoreException("mine");

        assertThat(RedisFailures.translate(new CompletionException(translated))).isSameAs(translated);
    }

    @Test
    void tellThatTheScriptIsUnknown() {
        Exception unknown = new RedisNoScriptException("NOSCRIPT No matching script. Please use EVAL.");

        assertThat(RedisFailures.isNoScript(new RedisSystemException("Error in execution", unknown)))
                .isTrue();
        assertThat(RedisFailures.isNoScript(new RedisCommandExecutionException("ERR other")))
                .isFalse();
    }
}
