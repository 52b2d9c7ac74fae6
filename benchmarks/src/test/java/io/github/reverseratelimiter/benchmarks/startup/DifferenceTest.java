package io.github.reverseratelimiter.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {

    @Test
    void comparesPairs() {
        Difference difference = Difference.of(new double[] {12, 22, 33}, new double[] {10, 20, 30});
        assertThat(difference.mean()).isEqualTo(7.0 / 3, within(1e-9));
        assertThat(difference.median()).isEqualTo(2);
    }

    @Test
    void isSureOfWhatIsAlwaysTheSame() {
        assertThat(Difference.of(new double[] {12, 22, 32}, new double[] {10, 20, 30}))
                .hasToString("2 ± 0 (median 2)");
    }

    @Test
    void isAsUnsureAsTheDifferencesVary() {
        // differences 0 and 10, ten of each: deviation 5.13, error of the mean 1.147, t 2.093
        double[] with = new double[20];
        for (int i = 0; i < with.length; i += 2) {
            with[i] = 10;
        }
        assertThat(Difference.of(with, new double[20]).either()).isEqualTo(2.4, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"9, 2.262", "19, 2.093", "29, 2.045", "99, 1.984"})
    void knowsStudentsT(int degrees, double quantile) {
        assertThat(Difference.studentsT(degrees)).isEqualTo(quantile, within(0.01));
    }

    @Test
    void refusesRunsThatAreNotPairs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Difference.of(new double[2], new double[3]))
                .withMessageContaining("2 and 3 runs");
    }
}
