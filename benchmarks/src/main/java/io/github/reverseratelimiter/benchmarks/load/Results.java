package io.github.reverseratelimiter.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * All that was measured so far.
 *
 * @param rows of the cells, in the order in which they were measured
 * @param wire what the wire itself can do
 */
record Results(List<Row> rows, List<Waits.Row> waits, List<Memory.Row> memory, List<Wire.Speed> wire) {

    Results() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    List<Cell> cells() {
        return rows.stream().map(Row::cell).distinct().toList();
    }

    List<Row> of(Cell cell) {
        return rows.stream().filter(row -> row.cell().equals(cell)).toList();
    }

    OptionalDouble figure(Cell cell, String limiter, ToDoubleFunction<Row> figure) {
        return of(cell).stream()
                .filter(row -> row.limiter().equals(limiter))
                .mapToDouble(figure)
                .filter(Double::isFinite)
                .findFirst();
    }

    OptionalDouble waits(String limiter, ToDoubleFunction<Waits.Sample> figure) {
        return waits.stream()
                .filter(row -> row.limiter().equals(limiter))
                .mapToDouble(row -> row.median(figure))
                .filter(Double::isFinite)
                .findFirst();
    }
}
