package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OffenderTest {

    @Test
    void usesARawType() {
        List list = new ArrayList<String>();

        assertThat(list.isEmpty()).isTrue();
    }
}
