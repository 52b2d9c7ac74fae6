package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.time.ManualTime;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** FAULTS rows 6 and 19: a server that was demoted is left, where asking again for the master may find another one. */
class OwnLettuceConnectionTest {

    private static RuntimeException readOnly() {
        return new RedisReadOnlyException("READONLY You can't write against a read only replica.");
    }

    private static OwnLettuceConnection answeredBy(RuntimeException failure, boolean followsUpstream) {
        AsyncCommand<byte[], byte[], byte[]> answer =
                new AsyncCommand<>(new Command<>(CommandType.EVALSHA, new ByteArrayOutput<>(ByteArrayCodec.INSTANCE)));
        answer.completeExceptionally(failure);
        RedisAsyncCommands<byte[], byte[]> commands = mock(invocation -> answer);
        StatefulRedisConnection<byte[], byte[]> connection = mock();
        when(connection.async()).thenReturn(commands);
        when(connection.isOpen()).thenReturn(true);
        Progress progress = new Progress(new ManualTime(), Duration.ofSeconds(1));
        OwnLettuceConnection own = new OwnLettuceConnection(connection, progress, () -> false, followsUpstream);
        assertThat(own.isOpen()).isTrue();
        assertThat(own.run(RedisCreditStore.script(), new byte[][] {{'k'}}, new byte[][] {{}})
                        .toCompletableFuture())
                .isCompletedExceptionally();
        return own;
    }

    @Test
    void aReplicaIsLeftWhereAnotherServerMayBeTheMaster() {
        assertThat(answeredBy(readOnly(), true).isOpen()).isFalse();
    }

    @Test
    void aReplicaIsKeptWhereThereIsNoOtherServer() {
        assertThat(answeredBy(readOnly(), false).isOpen()).isTrue();
    }

    @Test
    void aMasterThatIsBusyIsKept() {
        assertThat(answeredBy(new RedisBusyException("BUSY Redis is busy running a script."), true)
                        .isOpen())
                .isTrue();
    }
}
