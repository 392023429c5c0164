package dev.ijen.tensor;

import java.util.Map;
import java.util.function.Supplier;

/// A parameter or state: memory that outlives programs, is read and assigned inside them. There are no effects in the graph:
/// within a step, a read after an assignment sees the assigned expression.
public abstract class Cell {
    private final String name;
    private final DType dtype;
    private final Shape shape;
    private Tensor read;

    /// For the engine's parameters and states.
    protected Cell(String name, DType dtype, Shape shape) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
    }

    /// The name, for errors and files.
    public final String name() {
        return name;
    }

    /// Element type.
    public final DType dtype() {
        return dtype;
    }

    /// Extents.
    public final Shape shape() {
        return shape;
    }

    /// The engine that holds the memory.
    public abstract Evaluator home();

    /// The current value as an expression: the same tensor at each call (within a step: until an assignment), so that a gradient with
    /// respect to it is found.
    public final Tensor get() {
        var trace = Trace.current();
        return trace == null ? untraced() : trace.read(this);
    }

    private synchronized Tensor untraced() {
        if (read == null) {
            read = Tensor.of(new Leaf.Read(this));
        }
        return read;
    }

    /// Makes `value` the cell's value: at the end of the step, or at once outside of one.
    ///
    /// @throws ShapeException if shape or type differ; an assignment does not broadcast
    public final void set(Tensor value) {
        if (!value.shape().equals(shape) || value.dtype() != dtype) {
            throw new ShapeException(
                    "assign " + name,
                    value.dtype() + value.shape().toString(),
                    dtype + shape.toString(),
                    "an assignment neither broadcasts nor casts");
        }
        var trace = Trace.current();
        if (trace == null) {
            home().assign(this, value);
        } else {
            trace.write(this, value);
        }
    }

    /// Runs `f` with other expressions standing for cells: fast weights of meta-learning, averaged weights, a frozen copy.
    public static <T> T with(Map<? extends Cell, Tensor> stand, Supplier<T> f) {
        var trace = Trace.current();
        return trace == null ? Trace.evaluation().call(() -> Cell.with(stand, f)) : trace.with(stand, f);
    }

    @Override
    public String toString() {
        return name + " " + dtype + shape;
    }
}
