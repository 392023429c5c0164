package dev.ijen.graph;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Tensors computed together by one kernel, or by a few that write parts of one result.
final class Group {
    /// How a group is computed.
    enum Kind {
        /// One fused loop over a common space.
        LOOP,
        /// Loops that each write a part of one tensor: padding, concatenation.
        PLACE,
        /// A kernel of its own, with all its results ([dev.ijen.tensor.Op#results]) in order.
        CALL
    }

    final int id;
    final Kind kind;
    final Shape space;
    final List<Tensor> out = new ArrayList<>();
    final Set<Tensor> loads = new LinkedHashSet<>();
    /// Groups that must run before this one.
    final BitSet before = new BitSet();
    /// Operations in the body, about.
    int operations;

    Group(int id, Kind kind, Shape space) {
        this.id = id;
        this.kind = kind;
        this.space = space;
    }
}
