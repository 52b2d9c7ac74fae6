package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How Lettuce runs a script, whatever the kind of connection: by its name, and by its text where the name is unknown. */
final class LettuceScripts {

    private LettuceScripts() {}

    static CompletionStage<byte[]> run(
            RedisClusterAsyncCommands<byte[], byte[]> commands, RedisScript script, byte[][] keys, byte[][] arguments) {
        CompletionStage<byte[]> answer = commands.evalsha(script.sha1(), ScriptOutputType.VALUE, keys, arguments);
        return answer.exceptionallyCompose(failure -> RedisFailures.isNoScript(failure)
                ? commands.eval(script.bodyBytes(), ScriptOutputType.VALUE, keys, arguments)
                : CompletableFuture.failedFuture(failure));
    }
}
