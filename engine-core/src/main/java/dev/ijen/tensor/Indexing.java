package dev.ijen.tensor;

/// Rows named by index.
public sealed interface Indexing extends Op {
    private static void index(String what, Tensor index) {
        if (index.dtype() != DType.I32 || index.shape().rank() != 1) {
            throw new ShapeException(what, "index " + index, "index I32[count]", "cast and reshape the index");
        }
    }

    /// table [V, D], index [count] (I32) → [count, D].
    record Gather() implements Indexing {
        @Override
        public Shape shape(Tensor[] in) {
            index("gather", in[1]);
            if (in[0].shape().rank() != 2) {
                throw new ShapeException("gather", in[0].toString(), "table[V, D]", "reshape the table");
            }
            return in[0].shape().with(0, in[1].shape().dim(0));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new ScatterAdd(y.input(0).shape().dim(0)), dy, y.input(1)), null};
        }

        @Override
        public String label() {
            return "gather";
        }
    }

    /// source [count, D], index [count] (I32) → [rows, D]: rows with equal index add up, the others are 0.
    record ScatterAdd(int rows) implements Indexing {
        @Override
        public Shape shape(Tensor[] in) {
            check("scatter-add", in);
            return in[0].shape().with(0, rows);
        }

        @Override
        public DType dtype(Tensor[] in) {
            if (in[0].dtype() == DType.BOOL) {
                throw ShapeException.dtype("scatter-add", DType.BOOL, "numbers", "cast first");
            }
            return in[0].dtype();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            return new Tensor[] {Tensor.of(new Gather(), g, y.input(1)), null};
        }

        @Override
        public String label() {
            return "scatter-add";
        }
    }

    /// source [count, D], index [count] (I32) → [rows, D]: of rows with equal index the last one stays, the others are 0.
    record ScatterSet(int rows) implements Indexing {
        @Override
        public Shape shape(Tensor[] in) {
            check("scatter", in);
            return in[0].shape().with(0, rows);
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            var index = y.input(1);
            int count = index.shape().dim(0);
            var position = Tensor.iota(0, Shape.of(count, 1));
            var winner = Tensor.of(new Gather(), Tensor.of(new ScatterSet(rows), position, index), index);
            var picked = Tensor.of(new Gather(), g, index);
            return new Tensor[] {winner.eq(position).where(picked, picked.zerosLike()), null};
        }

        @Override
        public String label() {
            return "scatter";
        }
    }

    private static void check(String what, Tensor[] in) {
        index(what, in[1]);
        if (in[0].shape().rank() != 2 || in[0].shape().dim(0) != in[1].shape().dim(0)) {
            throw new ShapeException(
                    what, "source" + in[0].shape() + ", index" + in[1].shape(), "source[count, D], index[count]",
                    "reshape the source");
        }
    }
}
