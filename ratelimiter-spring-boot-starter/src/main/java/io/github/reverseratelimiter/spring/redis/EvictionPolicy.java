package io.github.reverseratelimiter.spring.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Redis does when its memory is full, as {@code INFO memory} tells; of a cluster, the first node that may evict.
 *
 * @param name as it stands in redis.conf, {@code allkeys-lru}
 */
record EvictionPolicy(String name) {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Pattern LIMITED = Pattern.compile("\\bmaxmemory:[1-9]");
    private static final Pattern EVICTS = Pattern.compile("\\bmaxmemory_policy:((?:allkeys|volatile)-[a-z]+)");

    /** One that may evict keys of ours; empty if none does, or nothing is known. */
    static Optional<EvictionPolicy> evicting(String info) {
        Matcher evicts = EVICTS.matcher(info);
        return LIMITED.matcher(info).find() && evicts.find()
                ? Optional.of(new EvictionPolicy(evicts.group(1)))
                : Optional.empty();
    }

    void warn() {
        LOG.log(
                System.Logger.Level.WARNING,
                "Redis evicts keys when its memory is full (maxmemory-policy " + name
                        + "): a key of the limiter that is evicted hands out a further limit. Set maxmemory-policy noeviction,"
                        + " or use a Redis that is the limiter's own");
    }
}
