package dev.ijen.cpu.x86;

import java.util.stream.Stream;

/// What machine code is written for: an instruction set and its vectors.
public enum Target {
    /// 32 registers of 512 bits.
    AVX512("AVX-512", 16, 32, "avx512f avx512dq avx512bw bmi2") {
        @Override
        Vectors vectors() {
            return new Avx512();
        }
    },
    /// 16 registers of 256 bits.
    AVX2("AVX2", 8, 16, "avx2 fma") {
        @Override
        Vectors vectors() {
            return new Avx2();
        }
    };

    private final String title;
    private final int lanes;
    private final int registers;
    private final String flags;

    Target(String title, int lanes, int registers, String flags) {
        this.title = title;
        this.lanes = lanes;
        this.registers = registers;
        this.flags = flags;
    }

    /// The target that is best on this machine, or null if none is possible; [MachineCode#reason] says why.
    public static Target best() {
        return Stream.of(values()).filter(t -> t.reason().isEmpty()).findFirst().orElse(null);
    }

    /// Why this machine cannot run it; empty if it can.
    public String reason() {
        return Processor.lacks(flags.split(" ", -1));
    }

    /// Numbers of 32 bits in a vector.
    public int lanes() {
        return lanes;
    }

    /// Vector registers.
    public int registers() {
        return registers;
    }

    /// Something to write with.
    abstract Vectors vectors();

    @Override
    public String toString() {
        return title;
    }
}
