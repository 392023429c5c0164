package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the emulated driver finds wrong in a program, and that it finds nothing in one that is right.
class EmulatorTest {
    private Device d;

    @BeforeEach
    void open() {
        d = new Device();
    }

    @AfterEach
    void close() {
        d.emulator.reset();
    }

    /// A module that declares kernels of `faults.cu`; `kinds` are the types of parameters.
    static CUmodule module(String kernel, String... kinds) {
        var text = new StringBuilder(
                ".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry " + kernel + "(\n");
        for (int i = 0; i < kinds.length; i++) {
            text.append(i == 0 ? "" : ",\n").append(".param .").append(kinds[i]).append(" p").append(i);
        }
        return Device.module((text + "\n)\n{ ret; }\0").getBytes(StandardCharsets.US_ASCII));
    }

    static CUfunction function(String kernel, String... kinds) {
        var f = new CUfunction();
        JCudaDriver.cuModuleGetFunction(f, module(kernel, kinds), kernel);
        return f;
    }

    private void found(String expected) {
        assertTrue(d.emulator.report().contains(expected), () -> expected + " in: " + d.emulator.report());
        assertEquals(1, d.emulator.get(What.FINDINGS));
    }

    /// A kernel that goes wrong: the launch returns, the next call has the error, and the context stays broken.
    private void faulty(String expected, CUfunction f, int grid, int block, Object... parameters) {
        d.launch(f, grid, 1, 1, block, 1, parameters);
        var e = assertThrows(CudaException.class, JCudaDriver::cuCtxSynchronize);
        assertTrue(e.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), e.getMessage());
        assertThrows(CudaException.class, () -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        found(expected);
    }

    @Test
    void writesPastTheEnd() {
        faulty(
                "thread (6, 0, 0): write of 4 bytes at offset 32 of an allocation of 32 bytes",
                function("fault_past_end", "u64", "u32"),
                1,
                64,
                d.allocate(32),
                2);
    }

    @Test
    void readsPastTheEnd() {
        faulty(
                "read of 4 bytes at offset 64 of an allocation of 64 bytes",
                function("fault_read_past", "u64", "u64", "u32"),
                1,
                16,
                d.up(new byte[64]),
                d.allocate(64),
                1);
    }

    @Test
    void usesFreedMemory() {
        var x = d.up(new byte[64]);
        d.free(x);
        faulty(
                "read of 4 bytes at offset 0 of a freed allocation of 64 bytes",
                function("fault_read_past", "u64", "u64", "u32"),
                1,
                16,
                x,
                d.allocate(64),
                0);
    }

    @Test
    void readsWhatWasNeverWritten() {
        faulty(
                "read of uninitialised byte 0 of an allocation of 64 bytes",
                function("fault_read_past", "u64", "u64", "u32"),
                1,
                16,
                d.allocate(64),
                d.allocate(64),
                0);
    }

    @Test
    void copiesDownWhatWasNeverWritten() {
        var p = d.allocate(12);
        JCudaDriver.cuMemsetD8(p, (byte) 0, 8);
        d.down(p, 12);
        found("byte 8 of an allocation of 12 bytes was never written");
    }

    @Test
    void loadsVectorsFromOddAddresses() {
        faulty(
                "access of 16 bytes at an address that is no multiple",
                function("fault_misaligned", "u64", "u64"),
                1,
                1,
                d.up(new byte[64]),
                d.allocate(16));
    }

    @Test
    void waitsAtDifferentBarriers() {
        faulty("a thread is at the barrier of line", function("fault_diverging_barrier", "u64"), 1, 64,
                d.allocate(256));
    }

    @Test
    void shufflesWithALaneThatEnded() {
        faulty("names a lane that has ended", function("fault_warp_exit", "u64"), 1, 32, d.allocate(256));
    }

    @Test
    void forgetsABarrier() {
        d.emulator.set(What.RACES, 0);
        faulty("read of uninitialised byte", function("fault_missing_barrier", "u64"), 1, 64, d.allocate(256));
    }

    @Test
    void readsSharedMemoryNobodyWrote() {
        faulty(
                "read of uninitialised byte 0 of a shared array of 256",
                function("fault_unset_shared", "u64"),
                1,
                64,
                d.allocate(256));
    }

    @Test
    void writesPastASharedArray() {
        faulty("thread (63, 0, 0): write of 4 bytes outside of a shared array", function("fault_past_shared", "u64"), 1,
                64, d.allocate(256));
    }

    @Test
    void blocksWriteTheSameElement() {
        faulty("race: write at offset 0", function("fault_between_blocks", "u64"), 2, 64, d.allocate(256));
    }

    @Test
    void warpOperations() {
        var y = d.allocate(256);
        var f = function("fine_ballot", "u64");
        d.launch(f, 1, 1, 1, 64, 1, y);
        int[] expected = new int[64];
        for (int i = 0; i < 64; i++) {
            int lane = i % 32;
            int any = i < 32 ? 2 : 0;
            expected[i] = 0xaaaaaaaa + 1 + any + (lane + 3 < 32 ? i + 3 : i) + (i / 32 * 32 + 1);
        }
        assertEquals(Arrays.toString(expected), Arrays.toString(ints(d.down(y, 256))));
        assertEquals("", d.emulator.report());
    }

    static int[] ints(byte[] b) {
        double[] v = Values.I32.decode(b);
        return Arrays.stream(v).mapToInt(x -> (int) x).toArray();
    }

    @Test
    void leaks() {
        var p = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(p, 100);
        assertEquals(100, d.emulator.get(What.BYTES));
        JCudaDriver.cuCtxDestroy(d.context);
        found("leak of 100 bytes");
    }

    @Test
    void freesTwice() {
        var p = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(p, 100);
        JCudaDriver.cuMemFree(p);
        assertThrows(CudaException.class, () -> JCudaDriver.cuMemFree(p));
        found("freed twice");
    }

    @Test
    void copiesTooMuch() {
        var p = d.allocate(8);
        assertThrows(CudaException.class, () -> JCudaDriver.cuMemcpyHtoD(p, Pointer.to(new byte[9]), 9));
        found("cuMemcpyHtoD: 9 bytes at offset 0 of an allocation of 8 bytes");
    }

    @Test
    void wrongParametersOfAModule() {
        assertThrows(CudaException.class, () -> module("fine_add", "u64", "u64"));
        found("parameters of fine_add in PTX and source differ");
    }

    @Test
    void unknownKernel() {
        assertThrows(CudaException.class, () -> module("no_such_kernel", "no_such_type"));
        found("line 5: a type expected, not '.no_such_type'");
    }

    @Test
    void tooManyThreads() {
        var f = function("fine_add", "u64", "u32");
        assertThrows(CudaException.class, () -> d.launch(f, 1, 1, 1, 65, 1, d.allocate(256), 1));
        found("fine_add: 65 threads a block, bound is 64");
    }

    @Test
    void newGpuWanted() {
        d.emulator.set(What.CAPABILITY, 70);
        assertThrows(CudaException.class, () -> module("fine_add", "u64", "u32"));
    }

    @Test
    void injectedFailures() {
        d.emulator.fail(Kind.ALLOCATION, 2, 2);
        d.allocate(4);
        var e = assertThrows(CudaException.class, () -> d.allocate(4));
        assertTrue(e.getMessage().contains("OUT_OF_MEMORY"), e.getMessage());
        var x = d.up(1, 2, 3);
        d.emulator.fail(Kind.COPY, 1, 1);
        assertThrows(CudaException.class, () -> d.down(x, 12));
        assertEquals("[1, 2, 3]", Arrays.toString(ints(d.down(x, 12))));
        d.emulator.set(What.LIMIT, d.emulator.get(What.BYTES) + 8);
        d.allocate(8);
        assertThrows(CudaException.class, () -> d.allocate(1));
        var f = function("fine_add", "u64", "u32");
        d.emulator.fail(Kind.LAUNCH, 1, 701);
        assertThrows(CudaException.class, () -> d.launch(f, 1, 1, 1, 3, 1, x, 1));
        d.launch(f, 1, 1, 1, 3, 1, x, 1);
        assertEquals("[2, 3, 4]", Arrays.toString(ints(d.down(x, 12))));
        d.emulator.fail(Kind.LAUNCH, 1, 719);
        assertThrows(CudaException.class, () -> d.launch(f, 1, 1, 1, 3, 1, x, 1));
        assertThrows(CudaException.class, JCudaDriver::cuCtxSynchronize, "a broken context stays broken");
        assertEquals("", d.emulator.report());
    }

    @Test
    void kernelsFromSource() {
        d.emulator.load(
                "#include \"common.cuh\"\nKERNEL(32, from_source, int* y) { y[threadIdx.x] = 3 * threadIdx.x; }\n");
        var y = d.allocate(16);
        d.launch(function("from_source", "u64"), 1, 1, 1, 4, 1, y);
        assertEquals("[0, 3, 6, 9]", Arrays.toString(ints(d.down(y, 16))));
        assertEquals("", d.emulator.report());
    }
}
