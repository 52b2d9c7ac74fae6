package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffenderTest {

    @Test
    void comparesWhatCanNeverBeEqual() {
        assertThat("1".equals(Integer.valueOf(1))).isFalse();
    }
}
