package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.kernels.emulator.Emulator.What;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import jcuda.CudaException;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Programs of several threads, calls and kinds of memory in the emulator's PTX interpreter, and what it finds wrong.
class PtxInterpreterTest {
    private static final String STORE = """
            mov.u32 %r15, %tid.x;
            mul.wide.u32 %d15, %r15, 8;
            add.s64 %d15, %y, %d15;
            """;

    private Device d;

    @BeforeEach
    void open() {
        d = new Device();
    }

    @AfterEach
    void close() {
        d.emulator.reset();
    }

    private void threads(int n, IntToLongFunction expected, String before, String body, long... inputs) {
        String text = PtxPrograms.module(before, STORE + body);
        for (int reversed = 0; reversed < 2; reversed++) {
            d.emulator.set(What.REVERSED, reversed);
            assertArrayEquals(
                    IntStream.range(0, n).mapToLong(expected).toArray(), PtxPrograms.run(d, text, n, n, inputs), body);
        }
        assertEquals("", d.emulator.report());
    }

    @Test
    void loops() {
        threads(5, t -> (t + 1) * (t + 2) / 2, "", """
                mov.u32 %r0, 0;
                mov.u32 %r1, 0;
                $again:
                add.s32 %r0, %r0, 1;
                add.s32 %r1, %r1, %r0;
                setp.le.s32 %p1, %r0, %r15;
                @%p1 bra $again;
                st.global.u32 [%d15], %r1;
                """);
    }

    @Test
    void indexedBranches() {
        threads(3, t -> new long[] {7, 9, 8}[t], "", """
                list: .branchtargets $a, $b, $c;
                mov.u32 %r1, 0;
                brx.idx %r15, list;
                $b: add.s32 %r1, %r1, 1;
                $c: add.s32 %r1, %r1, 1;
                $a: add.s32 %r1, %r1, 7;
                st.global.u32 [%d15], %r1;
                """);
    }

    @Test
    void predicatedInstructions() {
        threads(4, t -> t % 2 == 0 ? 5 : 6, "", """
                and.b32 %r1, %r15, 1;
                setp.eq.s32 %p1|%p2, %r1, 0;
                @%p1 mov.u32 %r2, 5;
                @!%p1 mov.u32 %r2, 6;
                @%p2 add.u32 %r2, %r2, 0;
                st.global.u32 [%d15], %r2;
                """);
    }

    @Test
    void callsAndLocalMemory() {
        String function = """
                .func (.param .b32 out) twice(.param .b32 in);
                .func (.param .b32 out) twice(.param .b32 in)
                {
                .reg .b32 %r<4>;
                ld.param.u32 %r1, [in];
                shl.b32 %r2, %r1, 1;
                st.param.b32 [out+0], %r2;
                ret;
                }
                .func (.reg .b32 out) sum(.reg .b32 a, .param .align 8 .b8 pair[16])
                {
                .local .align 8 .b8 depot[32];
                .reg .b64 %d<4>;
                .reg .b32 %r<4>;
                ld.param.u32 %r1, [pair+8];
                mov.u64 %d1, depot;
                cvta.local.u64 %d2, %d1;
                st.u32 [%d2+12], %r1;
                { .param .b32 p0; .param .b32 r0; st.param.b32 [p0], a; call.uni (r0), twice, (p0); ld.param.b32 %r2, [r0]; }
                ld.local.u32 %r3, [depot+12];
                add.s32 out, %r2, %r3;
                ret;
                }
                """;
        threads(3, t -> 2 * t + 40 + t, function, """
                add.s32 %r1, %r15, 40;
                { .param .align 8 .b8 p[16]; st.param.u64 [p], %y; st.param.u32 [p+8], %r1; call (%r2), sum, (%r15, p); }
                st.global.u32 [%d15], %r2;
                """);
    }

    @Test
    void tables() {
        String table = ".const .align 4 .b32 squares[4] = {0, 1, 4, 9};\n.global .align 8 .f64 half = 0d3FE0000000000000;\n";
        threads(4, t -> (long) t * t + Double.doubleToRawLongBits(0.5), table, """
                mul.wide.u32 %d1, %r15, 4;
                mov.u64 %d2, squares;
                add.s64 %d1, %d1, %d2;
                ld.const.u32 %d3, [%d1];
                ld.global.nc.u64 %d4, [half];
                add.s64 %d3, %d3, %d4;
                st.global.u64 [%d15], %d3;
                """);
        assertEquals(2, d.emulator.get(What.MODULES));
    }

    @Test
    void sharedMemoryAndBarriers() {
        threads(96, t -> 95 - t + 1000L * 96, "", """
                .shared .align 4 .b32 s[96];
                .shared .align 4 .b32 count;
                mov.u32 %r1, s;
                shl.b32 %r2, %r15, 2;
                add.s32 %r2, %r1, %r2;
                st.shared.u32 [%r2], %r15;
                setp.eq.s32 %p1, %r15, 0;
                @%p1 st.shared.u32 [count], 0;
                bar.sync 0;
                atom.shared.add.u32 %r3, [count], 1000;
                mov.u32 %r4, 95;
                sub.s32 %r4, %r4, %r15;
                shl.b32 %r4, %r4, 2;
                add.s32 %r4, %r1, %r4;
                ld.shared.u32 %r5, [%r4];
                barrier.sync.aligned 0;
                ld.shared.u32 %r6, [count];
                add.s32 %r5, %r5, %r6;
                st.global.u32 [%d15], %r5;
                """);
    }

    @Test
    void warps() {
        threads(32, t -> (t ^ 5) + 100L * (t < 3 ? t : t - 3) + 10000L * (t >= 3 ? 1 : 0) + 100000L * (t & ~7 | 2), "", """
                shfl.sync.bfly.b32 %r1, %r15, 5, 31, -1;
                shfl.sync.up.b32 %r2|%p1, %r15, 3, 0, -1;
                shfl.sync.idx.b32 %r3, %r15, 2, 0x181f, -1;
                mad.lo.s32 %r1, %r2, 100, %r1;
                selp.b32 %r4, 10000, 0, %p1;
                add.s32 %r1, %r1, %r4;
                mad.lo.s32 %r1, %r3, 100000, %r1;
                st.global.u32 [%d15], %r1;
                """);
        threads(32, t -> 0x0000ffffL & (t < 16 ? 0xffff : 0) | (t >= 16 ? 0xffff0000L : 0), "", """
                shr.u32 %r1, %r15, 4;
                match.any.sync.b32 %r2, %r1, -1;
                st.global.u32 [%d15], %r2;
                """);
        threads(64, t -> 0xaaaaaaaaL + (t < 32 ? 1 : 0), "", """
                and.b32 %r1, %r15, 1;
                setp.ne.s32 %p1, %r1, 0;
                vote.sync.ballot.b32 %r2, %p1, -1;
                setp.lt.s32 %p2, %r15, 32;
                vote.sync.all.pred %p3, %p2, -1;
                bar.warp.sync -1;
                @%p3 add.s32 %r2, %r2, 1;
                st.global.u32 [%d15], %r2;
                """);
        threads(32, t -> 496, "", "redux.sync.add.s32 %r1, %r15, -1;\nst.global.u32 [%d15], %r1;\n");
    }

    @Test
    void atomics() {
        long[] y = PtxPrograms.run(d, PtxPrograms.module("", STORE + """
                red.global.add.u64 [%y], 3;
                atom.global.max.s32 %r1, [%y+8], %r15;
                atom.global.cas.b32 %r2, [%y+16], 0, 77;
                atom.add.f32 %f1, [%y+24], 0f3F000000;
                atom.global.inc.u32 %r3, [%y+32], 4;
                atom.global.exch.b32 %r4, [%y+40], 5;
                """), 33, 6);
        assertArrayEquals(new long[] {99, 32, 77, Float.floatToRawIntBits(16.5f), 33 % 5, 5}, y);
        assertEquals("", d.emulator.report());
    }

    /// D = A · B + C with A [16, 16] and B [16, 8] of f16, in the registers the PTX ISA gives each lane.
    @Test
    void tensorCores() {
        var r = new Random(7);
        var a = new int[16][16];
        var b = new int[16][8];
        var x = new long[32 * 6];
        for (int[] row : a) {
            java.util.Arrays.setAll(row, j -> r.nextInt(17) - 8);
        }
        for (int[] row : b) {
            java.util.Arrays.setAll(row, j -> r.nextInt(17) - 8);
        }
        for (int lane = 0; lane < 32; lane++) {
            int g = lane / 4;
            int c = lane % 4 * 2;
            x[lane * 6] = pair(a[g][c], a[g][c + 1]);
            x[lane * 6 + 1] = pair(a[g + 8][c], a[g + 8][c + 1]);
            x[lane * 6 + 2] = pair(a[g][c + 8], a[g][c + 9]);
            x[lane * 6 + 3] = pair(a[g + 8][c + 8], a[g + 8][c + 9]);
            x[lane * 6 + 4] = pair(b[c][g], b[c + 1][g]);
            x[lane * 6 + 5] = pair(b[c + 8][g], b[c + 9][g]);
        }
        long[] y = PtxPrograms.run(d, PtxPrograms.module("", """
                mov.u32 %r15, %tid.x;
                mad.wide.u32 %d1, %r15, 48, %x;
                ld.global.u32 %r0, [%d1];
                ld.global.u32 %r1, [%d1+8];
                ld.global.u32 %r2, [%d1+16];
                ld.global.u32 %r3, [%d1+24];
                ld.global.u32 %r4, [%d1+32];
                ld.global.u32 %r5, [%d1+40];
                mov.f32 %f0, 0f40400000;
                mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r0, %r1, %r2, %r3}, {%r4, %r5}, {%f0, %f0, %f0, %f0};
                mad.wide.u32 %d1, %r15, 16, %y;
                st.global.v4.f32 [%d1], {%f1, %f2, %f3, %f4};
                """), 32, 64, x);
        for (int i = 0; i < 16; i++) {
            for (int j = 0; j < 8; j++) {
                int sum = 3;
                for (int k = 0; k < 16; k++) {
                    sum += a[i][k] * b[k][j];
                }
                int lane = i % 8 * 4 + j / 2;
                int bits = (int) (y[lane * 2 + i / 8] >>> 32 * (j % 2));
                assertEquals(sum, Float.intBitsToFloat(bits), i + ", " + j);
            }
        }
        assertEquals("", d.emulator.report());
    }

    private static long pair(int low, int high) {
        return (long) (Float.floatToFloat16(high) & 0xffff) << 16 | Float.floatToFloat16(low) & 0xffff;
    }

    @Test
    void matricesFromSharedMemory() {
        // Row t of four matrices of 8 · 8 holds 8 t … 8 t + 7; a lane gets two neighbours of its row, or of its column.
        String fill = """
                .shared .align 16 .b8 s[512];
                mov.u32 %r1, s;
                mad.lo.s32 %r1, %r15, 16, %r1;
                shl.b32 %r2, %r15, 3;
                mad.lo.s32 %r2, %r2, 0x10001, 0x10000;
                add.s32 %r3, %r2, 0x20002;
                add.s32 %r4, %r3, 0x20002;
                add.s32 %r5, %r4, 0x20002;
                st.shared.v4.u32 [%r1], {%r2, %r3, %r4, %r5};
                bar.sync 0;
                """;
        threads(32, t -> two(192 + 2 * t, 193 + 2 * t), "", fill + """
                ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r2, %r3, %r4, %r5}, [%r1];
                st.global.u32 [%d15], %r5;
                """);
        threads(32, t -> two(64 + t % 4 * 16 + t / 4, 64 + t % 4 * 16 + 8 + t / 4), "", fill + """
                ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r2, %r3}, [%r1];
                st.global.u32 [%d15], %r3;
                """);
    }

    private static long two(long low, long high) {
        return high << 16 | low;
    }

    private static final String COPY = """
            .shared .align 16 .b8 s[16];
            cp.async.cg.shared.global [s], [%x], 16;
            cp.async.commit_group;
            """;

    @Test
    void asynchronousCopies() {
        threads(1, t -> 22, "", COPY + """
                cp.async.wait_group 0;
                ld.shared.u64 %d1, [s+8];
                st.global.u64 [%d15], %d1;
                """, 11, 22);
        faulty("read of uninitialised byte 8", COPY + "cp.async.wait_group 1;\nld.shared.u64 %d1, [s+8];\n", 1, 11, 22);
    }

    private void faulty(String expected, String body, int threads, long... inputs) {
        assertThrows(
                CudaException.class,
                () -> PtxPrograms.run(d, PtxPrograms.module("", STORE + body), threads, 1, inputs));
        assertTrue(d.emulator.report().contains(expected), () -> expected + " in: " + d.emulator.report());
        assertEquals(1, d.emulator.get(What.FINDINGS));
    }

    @Test
    void writesPastTheEnd() {
        faulty(
                "k, block (0, 0, 0), thread (1, 0, 0), line 18: write of 4 bytes at offset 8 of an allocation of 8 bytes",
                "st.global.u32 [%d15], 1;",
                2);
    }

    @Test
    void misalignedVector() {
        faulty("access of 16 bytes at an address that is no multiple",
                "ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%x+8];", 1, 1, 2, 3, 4);
    }

    @Test
    void readsLocalMemoryNobodyWrote() {
        faulty("uninitialised byte of a local variable", ".local .b32 v;\nld.local.u32 %r1, [v];", 1);
    }

    @Test
    void leavesLocalMemory() {
        faulty("outside of the thread's local variables", ".local .b32 v;\nst.local.u32 [v+4], 1;", 1);
    }

    @Test
    void leavesSharedMemory() {
        faulty("write of 4 bytes outside of a shared array",
                ".shared .b32 v[2];\nmov.u32 %r1, v;\nst.shared.u32 [%r1+8], 1;", 1);
    }

    @Test
    void reachesSharedMemoryAsGlobal() {
        faulty("an address of shared or local memory used as one of global memory",
                ".shared .b32 v[2];\nmov.u64 %d1, v;\ncvta.shared.u64 %d1, %d1;\nst.global.u32 [%d1], 1;", 1);
    }

    @Test
    void threadsRace() {
        faulty("race: write", "st.global.u32 [%y], %r15;", 2);
    }

    @Test
    void readsForConstantWhatItWrote() {
        faulty("of what this launch wrote",
                "st.global.u32 [%y], 1;\nld.global.nc.u32 %r1, [%y];", 1);
    }

    @Test
    void divergesAtABarrier() {
        faulty("a thread is at the barrier of line", """
                setp.lt.s32 %p1, %r15, 3;
                @%p1 bra $a;
                bar.sync 0;
                bra $b;
                $a: bar.sync 0;
                $b:
                """, 64);
    }

    @Test
    void shufflesWithALaneThatEnded() {
        faulty("names a lane that has ended", """
                setp.eq.s32 %p1, %r15, 3;
                @%p1 ret;
                shfl.sync.idx.b32 %r1, %r15, 0, 31, -1;
                """, 32);
    }

    @Test
    void dividesByZero() {
        faulty("line 18: division by zero", "div.s32 %r1, %r15, %r15;", 1);
    }

    private void refused(String expected, String text) {
        var e = assertThrows(CudaException.class, () -> PtxPrograms.load(text));
        assertTrue(e.getMessage().contains("CUDA_ERROR_INVALID_PTX"), e.getMessage());
        assertTrue(d.emulator.report().contains(expected), () -> expected + " in: " + d.emulator.report());
        d.emulator.reset();
        d = new Device();
    }

    private void refusedBody(String expected, String body) {
        refused("cuModuleLoadData: line 15: " + expected, PtxPrograms.module("", body));
    }

    @Test
    void malformed() {
        refusedBody("'frobnicate.s32' is not supported", "frobnicate.s32 %r1, %r2;");
        refusedBody("'.odd' of 'add.odd.s32' is not supported", "add.odd.s32 %r1, 1, 2;");
        refusedBody("'mov.u32': %z1 is not declared", "mov.u32 %z1, 1;");
        refusedBody("'mov.u32': %r99 is not declared", "mov.u32 %r1, %r99;");
        refusedBody("'add.s32': %f1 is f32, and s32 is expected", "add.s32 %r1, %f1, 1;");
        refusedBody("'add.s64': %r1 is b32, and s64 is expected", "add.s64 %d1, %d1, %r1;");
        refusedBody("'fma.f32': a rounding mode is missing", "fma.f32 %f1, %f1, %f1, %f1;");
        refusedBody("label $nowhere does not exist", "bra $nowhere;");
        refusedBody("%r1 is read but never written", "add.s32 %r2, %r1, 1;");
        refusedBody("'call': function gone is not declared", "call gone;");
        refusedBody("'ld.param.u64': outside of parameter k_x", "ld.param.u64 %d1, [k_x+8];");
        refusedBody("'cvt.s32.f32': the rounding does not go with the types", "cvt.s32.f32 %r1, 0f00000000;");
        refusedBody("'shfl.down.b32': '.sync' is missing", "shfl.down.b32 %r1, %r1, 1, 31;");
        refusedBody("';' or ',' expected, not 'ret'", "mov.u32 %r1, 1\nret;");
        refused("function gone is called but has no body", PtxPrograms.module(".func gone();\n", "call gone;"));
        refused("is not expected in a module", PtxPrograms.module(".bogus\n", ""));
        refused("in a function that is still open", PtxPrograms.module("", "{"));
        refused("function f calls itself", PtxPrograms.module(".func f();\n.func f() { call f; ret; }\n", ""));
        refused("k has 49153 bytes of shared memory",
                PtxPrograms.module("", ".shared .b8 s[49153];\nst.shared.u8 [s], 1;"));
    }

    @Test
    void interpretsOnDemand() {
        var y = d.up(1, 2, 3);
        d.emulator.set(What.INTERPRET, 1);
        // The text says something else than the kernel compiled by g++, which adds.
        var text = PtxPrograms.HEAD + """
                .visible .entry fine_add(.param .u64 y, .param .u32 by)
                { .reg .b64 %d; .reg .b32 %r; ld.param.u64 %d, [y]; ld.param.u32 %r, [by]; st.global.u32 [%d+4], %r; }
                """;
        long before = d.emulator.get(What.STEPS);
        var f = new jcuda.driver.CUfunction();
        JCudaDriver.cuModuleGetFunction(
                f, Device.module((text + "\0").getBytes(java.nio.charset.StandardCharsets.US_ASCII)), "fine_add");
        d.launch(f, 1, 1, 1, 1, 1, y, 40);
        assertArrayEquals(new int[] {1, 40, 3}, EmulatorTest.ints(d.down(y, 12)));
        assertEquals(4, d.emulator.get(What.STEPS) - before);
        assertEquals("", d.emulator.report());
    }
}
