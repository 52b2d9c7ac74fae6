package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What INFO memory says about eviction (FAULTS row 28). */
class EvictionPolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"allkeys-lru", "volatile-lfu", "volatile-ttl", "allkeys-random"})
    void evictsWhereMemoryIsLimited(String policy) {
        assertThat(EvictionPolicy.evicting("# Memory\r\nmaxmemory:1048576\r\nmaxmemory_policy:" + policy + "\r\n"))
                .contains(new EvictionPolicy(policy));
    }

    @Test
    void isFoundAmongTheNodesOfACluster() {
        assertThat(EvictionPolicy.evicting("10.0.0.1:7000.maxmemory:5\n10.0.0.1:7000.maxmemory_policy:allkeys-lru"))
                .contains(new EvictionPolicy("allkeys-lru"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n",
                "maxmemory:5\r\nmaxmemory_policy:noeviction\r\n",
                "",
                "something else"
            })
    void isNothingToWarnOfOtherwise(String info) {
        assertThat(EvictionPolicy.evicting(info)).isEmpty();
    }
}
