package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingTest {

    private static final long SECOND = 1_000_000;

    private final Ring ring = Ring.first(SECOND, 2, 0, 0, 1100 * SECOND);

    private void add(long... seconds) {
        for (int i = 0; i < seconds.length; i++) {
            ring.add(i, 1, seconds[i] * SECOND, 1100 * SECOND);
        }
    }

    @Test
    void knowsWhatItHolds() {
        add(1100, 1105, 1105);

        assertThat(ring.find(1105 * SECOND, 9)).isEqualTo(new Found(3, 2, Found.Sure.AT_LEAST));
        assertThat(ring.find(1105 * SECOND, 2)).isEqualTo(new Found(3, 2, Found.Sure.EXACTLY));
    }

    @Test
    void believesAnUpperBoundOfWhatItHeldOnce() {
        add(1100, 1101, 1105);

        ring.drop(3, 1, 3);

        assertThat(ring.timeOf(1)).isEqualTo(1101 * SECOND);
        assertThat(ring.find(1101 * SECOND, 1)).isEqualTo(new Found(2, 1, Found.Sure.EXACTLY));
        ring.drop(2, 1, 2);
        assertThat(ring.find(1101 * SECOND, 1)).isEqualTo(new Found(1, 1, Found.Sure.GUESSED));
    }

    @Test
    void believesNoTimeAfterTheNewestThatAnotherRingKnows() {
        add(1100, 1101, 1105);
        ring.drop(3, 1, 3);
        ring.drop(2, 1, 2);

        ring.limitTo(1100 * SECOND);
        ring.add(1, 1, 1100 * SECOND, 1100 * SECOND);

        assertThat(ring.find(1100 * SECOND, 9).credits()).isEqualTo(2);
    }

    @Test
    void aNewWindowThatCouldNotSeeFarBackDoesNotBelieveInASpanThatNobodyKept() {
        add(1100, 1101, 1105);
        Ring forgetful = ring.fit(3, 3, 1107 * SECOND);
        Ring minute = Ring.watch(60 * SECOND, 2, 3, 3, 1107 * SECOND, forgetful);

        minute.add(3, 1, 1107 * SECOND, 1107 * SECOND);
        minute.add(4, 1, 1108 * SECOND, 1108 * SECOND);
        minute.drop(5, 1, 5);

        assertThat(minute.timeOf(3)).isEqualTo(1107 * SECOND);
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
