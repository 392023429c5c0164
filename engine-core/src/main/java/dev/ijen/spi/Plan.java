package dev.ijen.spi;

import dev.ijen.tensor.DType;
import java.util.List;

/// A compiled program, ready for a backend: launches in order over one workspace and some externals. Memory 0 is the
/// workspace, memory i + 1 is external i.
///
/// @param workspaceBytes size of the workspace; offsets in it are multiples of [#ALIGNMENT]
/// @param externals arguments, cells and constants
/// @param launches in the order in which they must take effect
/// @param results where the program's results lie after a run
public record Plan(long workspaceBytes, List<External> externals, List<Launch> launches, List<Ref> results) {
    /// Alignment in bytes of everything placed in the workspace.
    public static final int ALIGNMENT = 64;

    /// What an external is.
    public enum Role {
        /// Written by the caller before a run.
        ARGUMENT,
        /// A parameter or state; lives longer than the program.
        CELL,
        /// Written once, when the program is bound.
        CONSTANT
    }

    /// Memory that is not the workspace.
    ///
    /// @param written true if launches write it
    public record External(Role role, String name, DType dtype, long count, boolean written) {
        /// Size in bytes.
        public long bytes() {
            return count * dtype.bytes();
        }
    }

    /// A run of elements, dense unless the kernel says otherwise.
    ///
    /// @param memory 0 for the workspace, else external index + 1
    /// @param offset in bytes
    /// @param count in elements
    public record Ref(int memory, long offset, DType dtype, long count) {
        /// Size in bytes.
        public long bytes() {
            return count * dtype.bytes();
        }
    }

    /// Where a launch comes from, for errors and profiles.
    ///
    /// @param operation name of the operation, for instance `matmul` or `add+relu`
    /// @param where the user's line, or an empty string
    public record Origin(String operation, String where) {
        @Override
        public String toString() {
            return where.isEmpty() ? operation : operation + " at " + where;
        }
    }

    /// One kernel invocation. An output may be the same memory as an input only if every element of it is read at the same
    /// point at which it is written (a Loop), which core has checked.
    public record Launch(Kernel kernel, List<Ref> in, List<Ref> out, Origin origin) {}
}
