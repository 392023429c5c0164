package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// The emulated device through JCuda, as a test uses it: bytes up, launches, bytes down. Closing it frees everything
/// and demands that nothing was found wrong.
final class Device implements AutoCloseable {
    final Emulator emulator;
    final CUcontext context = new CUcontext();
    CUstream stream;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final List<CUdeviceptr> live = new ArrayList<>();

    Device() {
        emulator = Emulator.fresh();
        emulator.set(What.RACES, 1);
        JCudaDriver.cuInit(0);
        var device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, 0);
        JCudaDriver.cuCtxCreate(context, 0, device);
    }

    /// Runs a program four times, threads forward and backward, kernels as g++ compiled them and as their PTX says;
    /// and demands the same bytes.
    static byte[] run(Function<Device, byte[]> program) {
        var both = runEach(program);
        assertArrayEquals(both.getFirst(), both.getLast(), "the PTX differs from the source");
        return both.getFirst();
    }

    /// The same for kernels whose PTX rounds otherwise than the source: nvcc makes one rounding of a product and a
    /// sum (products, convolutions), has functions of its own (`exp` and `log`: softmax, cross-entropy), and a GPU has
    /// one NaN in f32. The bytes of both: as compiled by g++, and as the PTX says.
    static List<byte[]> runEach(Function<Device, byte[]> program) {
        return List.of(bothOrders(false, program), bothOrders(true, program));
    }

    private static byte[] bothOrders(boolean interpret, Function<Device, byte[]> program) {
        byte[] forward = once(interpret, false, program);
        assertArrayEquals(forward, once(interpret, true, program), "the order of threads shows");
        return forward;
    }

    private static byte[] once(boolean interpret, boolean reversed, Function<Device, byte[]> program) {
        try (var d = new Device()) {
            d.emulator.set(What.INTERPRET, interpret ? 1 : 0);
            d.emulator.set(What.REVERSED, reversed ? 1 : 0);
            return program.apply(d);
        }
    }

    CUdeviceptr allocate(long bytes) {
        var p = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(p, Math.max(bytes, 1));
        live.add(p);
        return p;
    }

    CUdeviceptr up(byte[] data) {
        var p = allocate(data.length);
        JCudaDriver.cuMemcpyHtoD(p, Pointer.to(data), data.length);
        return p;
    }

    CUdeviceptr up(int... data) {
        var bytes = ByteBuffer.allocate(4 * data.length).order(java.nio.ByteOrder.nativeOrder());
        bytes.asIntBuffer().put(data);
        return up(bytes.array());
    }

    /// A word of 0.
    CUdeviceptr errorWord() {
        return up(new byte[8]);
    }

    byte[] down(CUdeviceptr p, long bytes) {
        var to = new byte[(int) bytes];
        JCudaDriver.cuMemcpyDtoH(Pointer.to(to), p, bytes);
        return to;
    }

    long downLong(CUdeviceptr p) {
        return ByteBuffer.wrap(down(p, 8)).order(java.nio.ByteOrder.nativeOrder()).getLong();
    }

    void free(CUdeviceptr p) {
        live.remove(p);
        JCudaDriver.cuMemFree(p);
    }

    CUfunction function(String family, String kernel) {
        var module = modules.computeIfAbsent(family, f -> module(Ptx.text(f, 80)));
        var function = new CUfunction();
        JCudaDriver.cuModuleGetFunction(function, module, kernel);
        return function;
    }

    static CUmodule module(byte[] text) {
        var m = new CUmodule();
        JCudaDriver.cuModuleLoadData(m, text);
        return m;
    }

    /// Launches with one row of threads.
    void launch(String family, String kernel, int grid, int block, Object... parameters) {
        grid(family, kernel, grid, 1, 1, block, 1, parameters);
    }

    void grid(String family, String kernel, int gx, int gy, int gz, int bx, int by, Object... parameters) {
        launch(function(family, kernel), gx, gy, gz, bx, by, parameters);
    }

    void launch(CUfunction f, int gx, int gy, int gz, int bx, int by, Object... parameters) {
        var pointers = Arrays.stream(parameters).map(Device::pointer).toArray(Pointer[]::new);
        JCudaDriver.cuLaunchKernel(f, gx, gy, gz, bx, by, 1, 0, stream, Pointer.to(pointers), null);
    }

    private static Pointer pointer(Object parameter) {
        return switch (parameter) {
            case CUdeviceptr p -> Pointer.to(p);
            case Integer i -> Pointer.to(new int[] {i});
            case Long l -> Pointer.to(new long[] {l});
            case int[] struct -> Pointer.to(struct);
            default -> throw new IllegalArgumentException(parameter.getClass().toString());
        };
    }

    /// Blocks of `threads` for `n` threads, few enough that loops in the kernel run more than once.
    static int grid(long n, int threads) {
        return Math.clamp((n + threads - 1) / threads, 1, 3);
    }

    /// Frees what the test allocated and ends the context.
    void end() {
        live.forEach(JCudaDriver::cuMemFree);
        live.clear();
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
        JCudaDriver.cuCtxDestroy(context);
    }

    @Override
    public void close() {
        assertEquals("", emulator.report());
        end();
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS) + emulator.get(What.MODULES));
    }
}
