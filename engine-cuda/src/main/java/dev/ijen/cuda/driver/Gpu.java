package dev.ijen.cuda.driver;

import java.util.function.IntSupplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// One GPU and its primary context, which is shared with cuBLAS and cuDNN. All calls of the driver go through [#call], so that
/// they are checked, and none is made in a context that is lost.
public final class Gpu implements AutoCloseable {
    private final int index;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final String name;
    private final long totalBytes;
    private final int capability;
    private final int multiprocessors;
    private volatile CudaException lost;

    private Gpu(int index) {
        this.index = index;
        check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, index));
        name = name(device);
        var bytes = new long[1];
        check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(bytes, device));
        totalBytes = bytes[0];
        capability = 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        multiprocessors = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    }

    /// Starts the driver.
    ///
    /// @return the number of GPUs it gives us
    public static int count() {
        return checked("cuInit", () -> {
            int code = JCudaDriver.cuInit(0);
            if (code != 0) {
                throw CudaException.of("cuInit", code);
            }
            var n = new int[1];
            check("cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(n));
            return n[0];
        });
    }

    /// Opens GPU `index`, which must be less than [#count].
    public static Gpu open(int index) {
        try {
            return new Gpu(index);
        } catch (jcuda.CudaException e) {
            throw translated("opening GPU " + index, e);
        }
    }

    private static String name(CUdevice device) {
        var text = new byte[256];
        check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(text, text.length, device));
        int n = 0;
        while (n < text.length && text[n] != 0) {
            n++;
        }
        return new String(text, 0, n, java.nio.charset.StandardCharsets.UTF_8);
    }

    private int attribute(int which) {
        var v = new int[1];
        check("cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(v, which, device));
        return v[0];
    }

    /// Its number.
    public int index() {
        return index;
    }

    /// Its name, such as `NVIDIA H100 80GB HBM3`.
    public String name() {
        return name;
    }

    /// All of its memory.
    public long totalBytes() {
        return totalBytes;
    }

    /// Compute capability times ten: 90 for 9.0.
    public int capability() {
        return capability;
    }

    /// How many blocks run at the same time, at least.
    public int multiprocessors() {
        return multiprocessors;
    }

    /// The device's handle.
    public CUdevice device() {
        return device;
    }

    /// Free memory as the driver tells it.
    public long freeBytes() {
        var free = new long[1];
        var total = new long[1];
        call("cuMemGetInfo", () -> JCudaDriver.cuMemGetInfo(free, total));
        return free[0];
    }

    /// Makes the context current on this thread; for threads that make several calls.
    public void use() {
        var l = lost;
        if (l != null) {
            throw CudaException.dead(l);
        }
        int code = JCudaDriver.cuCtxSetCurrent(context);
        if (code != 0) {
            throw failed("cuCtxSetCurrent", code);
        }
    }

    /// True if an error has made the context useless.
    public boolean isLost() {
        return lost != null;
    }

    /// Makes a call in this context and checks its result.
    public void call(String name, IntSupplier call) {
        use();
        raw(name, call);
    }

    /// As [#call], on a thread whose current context this is known to be. Frees also go this way in a context that is lost.
    public void raw(String name, IntSupplier call) {
        int code;
        try {
            code = call.getAsInt();
        } catch (jcuda.CudaException e) {
            code = code(e);
        }
        if (code != 0) {
            throw failed(name, code);
        }
    }

    /// As [#call] where failure is an answer.
    ///
    /// @return the driver's number
    public int attempt(IntSupplier call) {
        use();
        try {
            return call.getAsInt();
        } catch (jcuda.CudaException e) {
            return code(e);
        }
    }

    /// An error of a call; if it is one of those that end the context, the context is lost from now on.
    public CudaException failed(String name, int code) {
        var e = CudaException.of(name, code);
        if (e.isSticky() && lost == null) {
            lost = e;
        }
        return e;
    }

    private static void check(String name, int code) {
        if (code != 0) {
            throw CudaException.of(name, code);
        }
    }

    private static int checked(String name, IntSupplier call) {
        try {
            return call.getAsInt();
        } catch (jcuda.CudaException e) {
            throw translated(name, e);
        }
    }

    private static CudaException translated(String name, jcuda.CudaException e) {
        return CudaException.of(name, code(e));
    }

    /// JCuda's exceptions, which are switched on lest a code go unseen, only have the name of the code.
    public static int code(jcuda.CudaException e) {
        for (int code = 0; code < 1000; code++) {
            if (CUresult.stringFor(code).equals(e.getMessage())) {
                return code;
            }
        }
        return CUresult.CUDA_ERROR_UNKNOWN;
    }

    /// Lets go of the context. What is still allocated in it is freed with its last user.
    @Override
    public void close() {
        attemptQuietly(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device));
    }

    private static void attemptQuietly(IntSupplier call) {
        try {
            call.getAsInt();
        } catch (jcuda.CudaException e) {
            System.getLogger(Gpu.class.getName()).log(System.Logger.Level.DEBUG, "while closing", e);
        }
    }
}
