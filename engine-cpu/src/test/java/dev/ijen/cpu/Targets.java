package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What machine code can be tried for on this machine.
final class Targets {
    private Targets() {}

    /// Each target that the processor runs; none where machine code can't be made.
    static List<Target> here() {
        return Stream.of(Target.values())
                .filter(t -> MachineCode.reason().isEmpty() && t.reason().isEmpty())
                .toList();
    }

    /// The interpreter, which is null, and each target.
    static List<Target> ways() {
        var all = new ArrayList<Target>();
        all.add(null);
        all.addAll(here());
        return all;
    }
}
