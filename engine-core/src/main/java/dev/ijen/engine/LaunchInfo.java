package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region.Instr;
import java.util.stream.LongStream;

/// One kernel invocation of a program.
///
/// @param operation what it computes: `matmul`, `add+relu`
/// @param where the user's line and the layer; empty if unknown
/// @param flops arithmetic operations: 2 a multiply-add of matrix products and convolutions, 1 an element operation of loops, 0 of all
///     else
/// @param bytesRead each input once
/// @param bytesWritten each output once
/// @param intermediateBytes of the outputs, those that lie in the workspace
public record LaunchInfo(
        String operation, String where, long flops, long bytesRead, long bytesWritten, long intermediateBytes) {
    /// What goes through memory at least.
    public long bytes() {
        return bytesRead + bytesWritten;
    }

    /// The operation and its place.
    @Override
    public String toString() {
        return where.isEmpty() ? operation : operation + " at " + where;
    }

    static LaunchInfo of(Plan.Launch l) {
        return new LaunchInfo(
                l.origin().operation(),
                l.origin().where(),
                flops(l.kernel()),
                l.in().stream().distinct().mapToLong(Ref::bytes).sum(),
                l.out().stream().mapToLong(Ref::bytes).sum(),
                l.out().stream().filter(r -> r.memory() == 0).mapToLong(Ref::bytes).sum());
    }

    private static long flops(Kernel k) {
        return k instanceof Kernel.Loop(var region)
                ? LongStream.of(region.body().stream().filter(LaunchInfo::computes).count() + region.stores().stream()
                        .filter(s -> s.fold() != null).count())
                        .map(n -> n * java.util.Arrays.stream(region.space()).asLongStream().reduce(1, (a, b) -> a * b))
                        .sum()
                : Compiled.flops(k);
    }

    private static boolean computes(Instr i) {
        return i instanceof Instr.Unary || i instanceof Instr.Binary || i instanceof Instr.Select;
    }
}
