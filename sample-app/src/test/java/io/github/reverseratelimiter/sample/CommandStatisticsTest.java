package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class CommandStatisticsTest {

    private final Properties statistics = new Properties();

    @Test
    void countsTheCallsOfTheCommandsAsked() {
        statistics.setProperty("cmdstat_evalsha", "calls=116,usec=4711,usec_per_call=40.6,rejected_calls=0");
        statistics.setProperty("cmdstat_eval", "calls=1,usec=300,usec_per_call=300.00,rejected_calls=0");
        statistics.setProperty("cmdstat_info", "calls=3,usec=300,usec_per_call=100.00,rejected_calls=0");

        assertThat(CommandStatistics.calls(statistics, "eval", "evalsha")).isEqualTo(117);
    }

    @Test
    void addsUpTheNodesOfACluster() {
        statistics.setProperty("127.0.0.1:7000.cmdstat_evalsha", "calls=2,usec=1,usec_per_call=1");
        statistics.setProperty("127.0.0.1:7001.cmdstat_evalsha", "calls=3,usec=1,usec_per_call=1");

        assertThat(CommandStatistics.calls(statistics, "evalsha")).isEqualTo(5);
    }

    @Test
    void countsNoneWhereThereWereNone() {
        assertThat(CommandStatistics.calls(statistics, "evalsha")).isZero();
    }
}
