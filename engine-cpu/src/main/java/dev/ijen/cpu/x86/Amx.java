package dev.ijen.cpu.x86;

import java.util.List;

/// Instructions on tiles, registers 0 to 7 of up to 16 rows of 64 bytes, and whether they may be used.
///
/// Source: Software Developer's Manual, volume 1, chapter 18 (Advanced Matrix Extensions), and volume 2.
final class Amx {
    /// Number of the permission in `arch_prctl` (Linux, `Documentation/arch/x86/xstate.rst`).
    private static final long ARCH_PRCTL = 158;
    private static final long ARCH_REQ_XCOMP_PERM = 0x1023;
    private static final long TILE_DATA = 18;

    private Amx() {}

    /// Why tiles can't be used; empty if they can. The first call asks the system for them, on behalf of the whole process.
    static String reason() {
        return Asked.REASON;
    }

    private static final class Asked {
        static final String REASON = ask();
    }

    private static String ask() {
        String lacks = Processor.lacks("amx_tile", "amx_bf16");
        if (lacks.isEmpty()) {
            lacks = Target.AVX512.reason();
        }
        return !lacks.isEmpty() || permitted() ? lacks : "the system does not permit its use";
    }

    private static boolean permitted() {
        return SystemV.call(SystemV.function("syscall"), ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
    }

    /// Sets up the tiles as 64 bytes at a general register say.
    static void configure(Assembler asm, int at) {
        asm.bytes(0xc4, 0xc2 | (~at >> 3 & 1) << 5, 0x78, 0x49);
        memory(asm, 0, at, -1, 0);
    }

    /// Gives the tiles back.
    static void release(Assembler asm) {
        asm.bytes(0xc4, 0xe2, 0x78, 0x49, 0xc0);
    }

    static void zero(Assembler asm, int tile) {
        asm.bytes(0xc4, 0xe2, 0x7b, 0x49, 0xc0 | tile << 3);
    }

    /// Reads a tile whose rows lie `stride`, a general register, bytes apart from base + displacement on.
    static void load(Assembler asm, int tile, int base, int stride, int displacement) {
        move(asm, 0x7b, tile, base, stride, displacement);
    }

    /// Writes a tile.
    static void store(Assembler asm, int tile, int base, int stride, int displacement) {
        move(asm, 0x7a, tile, base, stride, displacement);
    }

    private static void move(Assembler asm, int prefix, int tile, int base, int stride, int displacement) {
        asm.bytes(0xc4, 0x82 | (~stride >> 3 & 1) << 6 | (~base >> 3 & 1) << 5, prefix, 0x4b);
        memory(asm, tile, base, stride, displacement);
    }

    private static void memory(Assembler asm, int reg, int base, int index, int displacement) {
        asm.operands(reg, new Assembler.Operand.At(base, index, 0, displacement), List.of(), 0);
    }

    /// `c += a · b` of bfloat16: a has rows of 32 numbers, b rows of 16 pairs that are neighbours along the sum, c rows of 16 floats.
    static void product(Assembler asm, int c, int a, int b) {
        asm.bytes(0xc4, 0xe2, (~b & 15) << 3 | 2, 0x5c, 0xc0 | c << 3 | a);
    }
}
