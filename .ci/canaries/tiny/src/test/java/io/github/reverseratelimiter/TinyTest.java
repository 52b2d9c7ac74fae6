package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TinyTest {

    @Test
    void isOne() {
        assertThat(Tiny.number()).isEqualTo(1);
    }
}
