package dev.ijen.contract;

import java.util.List;
import java.util.stream.Stream;

/// Every operation, one row or several each. See [OpCase].
final class OpTable {
    private OpTable() {}

    static List<OpCase> rows() {
        return Stream.of(MathTable.rows(), ReduceTable.rows(), ShapeTable.rows(), IndexTable.rows(), NeuralTable.rows(),
                AttentionTable.rows(), RecurrentTable.rows())
                .flatMap(List::stream)
                .toList();
    }

    /// The row of that name.
    static OpCase row(String name) {
        return rows().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }
}
