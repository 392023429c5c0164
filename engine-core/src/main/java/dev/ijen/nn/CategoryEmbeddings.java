package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Entity embeddings (Guo and Berkhahn, arXiv:1604.06737): some columns of x [N, F] hold a category as a whole number; each of these
/// becomes a learnt vector, the other columns stay: → [N, others + Σ dims], the others first.
///
/// @param columns which columns, ascending
/// @param tables a table a column
/// @param width F
public record CategoryEmbeddings(List<Integer> columns, List<Embedding> tables, int width) implements Module {
    /// Copies the lists.
    public CategoryEmbeddings {
        columns = List.copyOf(columns);
        tables = List.copyOf(tables);
    }

    /// Vectors of min(50, ⌈categories / 2⌉) numbers, from N(0, 1 / dim).
    ///
    /// @param categories of each column, ascending by column
    /// @param width columns in all
    public static CategoryEmbeddings of(Engine engine, Map<Integer, Integer> categories, int width) {
        var tables = new ArrayList<Embedding>();
        for (int count : categories.values()) {
            int dim = Math.min(50, (count + 1) / 2);
            tables.add(Embedding.of(engine, count, dim, Init.normal(0, 1 / Math.sqrt(dim))));
        }
        return new CategoryEmbeddings(List.copyOf(categories.keySet()), tables, width);
    }

    /// Features of the result.
    public int features() {
        return width - columns.size() + tables.stream().mapToInt(t -> t.weight().shape().dim(1)).sum();
    }

    @Override
    public Tensor apply(Tensor x) {
        if (!x.shape().equals(Shape.of(x.shape().dim(0), width))) {
            throw new ShapeException("category embeddings", "x" + x.shape(), "x[N, " + width + "]",
                    "give the columns it was made for");
        }
        var parts = new ArrayList<Tensor>();
        int from = 0;
        for (int i = 0; i <= columns.size(); i++) {
            int to = i < columns.size() ? columns.get(i) : width;
            if (to > from) {
                parts.add(x.slice(1, from, to - from));
            }
            from = to + 1;
        }
        for (int i = 0; i < columns.size(); i++) {
            var index = x.select(1, columns.get(i)).cast(DType.I32);
            parts.add(Probe.apply("tables." + i, tables.get(i), index).cast(x.dtype()));
        }
        return Tensor.concat(1, parts.toArray(new Tensor[0]));
    }
}
