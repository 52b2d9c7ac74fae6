package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.benchmarks.PlainZsetScript;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The sliding window as it is usually written, exact and on the server's clock; a denied caller asks again when the answer said. */
final class PlainZset implements Limiting {

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String sha;
    private final String limit;
    private final String windowMicros;

    PlainZset(Subject.Site site) {
        this.client = RedisClient.create(site.redis());
        this.connection = client.connect();
        this.sha = connection.sync().scriptLoad(PlainZsetScript.BODY);
        this.limit = Integer.toString(site.quota().limit());
        this.windowMicros = Long.toString(site.quota().windowMicros());
    }

    @Override
    public Ended acquire(String account) throws InterruptedException {
        String[] keys = {"zset:" + account};
        while (true) {
            String member = UUID.randomUUID().toString();
            Long wait = connection.sync().evalsha(sha, ScriptOutputType.INTEGER, keys, limit, windowMicros, member);
            if (wait <= 0) {
                return Ended.UNHEARD;
            }
            TimeUnit.MICROSECONDS.sleep(wait);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
