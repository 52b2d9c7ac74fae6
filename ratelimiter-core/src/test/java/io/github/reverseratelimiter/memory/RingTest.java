package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingTest {

    private static final long SECOND = 1_000_000;

    private final Ring ring = Ring.first(SECOND, 2, 0, 100 * SECOND);

    private void add(long... seconds) {
        for (int i = 0; i < seconds.length; i++) {
            ring.add(i, 1, seconds[i] * SECOND, 100 * SECOND);
        }
    }

    @Test
    void knowsWhatItHolds() {
        add(100, 105, 105);

        assertThat(ring.find(105 * SECOND, 9)).isEqualTo(new Found(3, 2, Found.Sure.AT_LEAST));
        assertThat(ring.find(105 * SECOND, 2)).isEqualTo(new Found(3, 2, Found.Sure.EXACTLY));
    }

    @Test
    void believesAnUpperBoundOfWhatItHeldOnce() {
        add(100, 101, 105);

        ring.drop(3, 1, 3);

        assertThat(ring.timeOf(1)).isEqualTo(101 * SECOND);
        assertThat(ring.find(101 * SECOND, 1)).isEqualTo(new Found(2, 1, Found.Sure.EXACTLY));
        ring.drop(2, 1, 2);
        assertThat(ring.find(101 * SECOND, 1)).isEqualTo(new Found(1, 1, Found.Sure.GUESSED));
    }

    @Test
    void believesNoTimeAfterTheNewestThatAnotherRingKnows() {
        add(100, 101, 105);
        ring.drop(3, 1, 3);
        ring.drop(2, 1, 2);

        ring.limitTo(100 * SECOND);
        ring.add(1, 1, 100 * SECOND, 100 * SECOND);

        assertThat(ring.find(100 * SECOND, 9).credits()).isEqualTo(2);
    }

    @Test
    void twoThatKnowLittleTellTogetherWhatTheBetterOneKnows() {
        Found guessed = new Found(7, 3, Found.Sure.GUESSED);
        Found seen = new Found(8, 2, Found.Sure.AT_LEAST);
        Found exact = new Found(8, 1, Found.Sure.EXACTLY);

        assertThat(guessed.and(seen)).isEqualTo(new Found(8, 3, Found.Sure.AT_LEAST));
        assertThat(seen.and(guessed)).isEqualTo(new Found(8, 3, Found.Sure.AT_LEAST));
        assertThat(guessed.and(exact)).isEqualTo(exact);
        assertThat(exact.and(guessed)).isEqualTo(exact);
        assertThat(Found.NOTHING.and(guessed)).isEqualTo(guessed);
    }
}
