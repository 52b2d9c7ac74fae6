package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of bean, with each type that its methods may return: with a credit, with one later, and without. */
class KindsOfBeanTest {

    static Stream<Cell> cells() {
        return Kind.all().flatMap(Cell::of);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isLimited(Cell cell) {
        cell.check();
    }

    @Test
    void isTheDocumentedTable() throws IOException {
        assertThat(DocumentedTable.rows().filter(row -> !row.contains("(Spring Boot 4)")))
                .containsExactlyElementsOf(Kind.all().map(Kind::row).toList());
    }

    @Test
    void hasTheDocumentedColumns() throws IOException {
        assertThat(DocumentedTable.head()).isEqualTo(Kind.head());
    }
}
