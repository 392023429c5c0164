package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Gpu;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/// The order of work on one GPU: a compute stream, on which everything takes effect in the order in which it was put there, and a copy stream that brings
/// large arguments in beside it. Whoever puts work there holds the lock.
final class Queue implements AutoCloseable {
    private final Gpu gpu;
    private final ReentrantLock lock = new ReentrantLock();
    private final CUstream compute;
    private final CUstream copies;

    Queue(Gpu gpu) {
        this.gpu = gpu;
        compute = stream();
        boolean done = false;
        try {
            copies = stream();
            done = true;
        } finally {
            if (!done) {
                destroy(compute);
            }
        }
    }

    private CUstream stream() {
        var s = new CUstream();
        gpu.call("cuStreamCreate", () -> JCudaDriver.cuStreamCreate(s, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return s;
    }

    private void destroy(CUstream s) {
        if (!gpu.isLost()) {
            gpu.call("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(s));
        }
    }

    Gpu gpu() {
        return gpu;
    }

    CUstream compute() {
        return compute;
    }

    CUstream copies() {
        return copies;
    }

    void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /// An event without a time, for waiting.
    CUevent event() {
        return event(CUevent_flags.CU_EVENT_DISABLE_TIMING);
    }

    CUevent event(int flags) {
        var e = new CUevent();
        gpu.call("cuEventCreate", () -> JCudaDriver.cuEventCreate(e, flags));
        return e;
    }

    void destroy(CUevent e) {
        if (!gpu.isLost()) {
            gpu.call("cuEventDestroy", () -> JCudaDriver.cuEventDestroy(e));
        }
    }

    void record(CUevent e, CUstream on) {
        gpu.call("cuEventRecord", () -> JCudaDriver.cuEventRecord(e, on));
    }

    void wait(CUstream stream, CUevent on) {
        gpu.call("cuStreamWaitEvent", () -> JCudaDriver.cuStreamWaitEvent(stream, on, 0));
    }

    /// Blocks until what was put before the event is done. Needs no lock.
    void await(CUevent e) {
        gpu.call("cuEventSynchronize", () -> JCudaDriver.cuEventSynchronize(e));
    }

    /// Blocks until all work given so far is done. Needs no lock.
    void synchronize() {
        gpu.call("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(copies));
        gpu.raw("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(compute));
    }

    @Override
    public void close() {
        destroy(copies);
        destroy(compute);
    }
}
