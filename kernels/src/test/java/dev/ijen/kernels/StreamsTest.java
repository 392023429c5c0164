package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Streams, events, capture and graphs of the emulated driver.
class StreamsTest {
    private Device d;
    private CUfunction add;
    private final CUstream a = new CUstream();
    private final CUstream b = new CUstream();
    private final CUevent event = new CUevent();

    @BeforeEach
    void open() {
        d = new Device();
        add = EmulatorTest.function("fine_add", "u64", "u32");
        JCudaDriver.cuStreamCreate(a, 1);
        JCudaDriver.cuStreamCreate(b, 1);
        JCudaDriver.cuEventCreate(event, 0);
    }

    @AfterEach
    void close() {
        d.emulator.reset();
    }

    private void add(CUstream stream, CUdeviceptr to, int by) {
        JCudaDriver.cuLaunchKernel(
                add, 1, 1, 1, 1, 1, 1, 0, stream, Pointer.to(Pointer.to(to), Pointer.to(new int[] {by})), null);
    }

    private int value(CUdeviceptr p) {
        return EmulatorTest.ints(d.down(p, 4))[0];
    }

    @Test
    void lazyStreamsRunWhenWaitedFor() {
        d.emulator.set(What.LAZY, 1);
        var x = d.up(1);
        var host = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        add(a, x, 2);
        JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), x, 4, a);
        assertEquals(0, host.getInt(0), "not yet");
        JCudaDriver.cuStreamSynchronize(a);
        assertEquals(3, host.getInt(0));
    }

    @Test
    void eventsOrderStreams() {
        d.emulator.set(What.LAZY, 1);
        var x = d.up(1);
        var host = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        add(a, x, 2);
        JCudaDriver.cuEventRecord(event, a);
        add(a, x, 10);
        JCudaDriver.cuStreamWaitEvent(b, event, 0);
        JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), x, 4, b);
        JCudaDriver.cuStreamSynchronize(b);
        assertEquals(3, host.getInt(0), "what comes after the event has not run");
        JCudaDriver.cuStreamSynchronize(a);
        assertEquals(13, value(x));
    }

    private CUgraphExec capture(Runnable body) {
        JCudaDriver.cuStreamBeginCapture(a, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        body.run();
        var graph = new CUgraph();
        JCudaDriver.cuStreamEndCapture(a, graph);
        var exec = new CUgraphExec();
        JCudaDriver.cuGraphInstantiate(exec, graph, 0);
        JCudaDriver.cuGraphDestroy(graph);
        return exec;
    }

    @Test
    void graphsReplayWhatWasCaptured() {
        var x = d.up(1);
        var y = d.up(1);
        var exec = capture(() -> {
            add(a, x, 2);
            JCudaDriver.cuEventRecord(event, a);
            JCudaDriver.cuStreamWaitEvent(b, event, 0);
            add(b, y, 5);
            JCudaDriver.cuEventRecord(event, b);
            JCudaDriver.cuStreamWaitEvent(a, event, 0);
            JCudaDriver.cuMemcpyDtoDAsync(y, x, 4, a);
        });
        assertArrayEquals(new int[] {1, 1}, new int[] {value(x), value(y)}, "nothing has run");
        JCudaDriver.cuGraphLaunch(exec, a);
        JCudaDriver.cuGraphLaunch(exec, a);
        JCudaDriver.cuStreamSynchronize(a);
        assertArrayEquals(new int[] {5, 5}, new int[] {value(x), value(y)});
        d.emulator.fail(Kind.GRAPH_LAUNCH, 1, 719);
        assertThrows(CudaException.class, () -> JCudaDriver.cuGraphLaunch(exec, a));
        assertEquals("", d.emulator.report());
    }

    @Test
    void captureForbids() {
        var x = d.up(1);
        JCudaDriver.cuStreamBeginCapture(a, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        error("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", () -> d.allocate(4));
        error("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", () -> add(a, x, 1));
        error("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", () -> JCudaDriver.cuStreamEndCapture(a, new CUgraph()));
        JCudaDriver.cuStreamBeginCapture(a, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        error("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", () -> JCudaDriver.cuStreamSynchronize(a));
        error("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", () -> JCudaDriver.cuStreamEndCapture(a, new CUgraph()));
        JCudaDriver.cuStreamBeginCapture(a, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        JCudaDriver.cuEventRecord(event, a);
        JCudaDriver.cuStreamWaitEvent(b, event, 0);
        error("CUDA_ERROR_STREAM_CAPTURE_UNJOINED", () -> JCudaDriver.cuStreamEndCapture(a, new CUgraph()));
        assertEquals(1, value(x));
    }

    private static void error(String name, Runnable call) {
        var e = assertThrows(CudaException.class, call::run);
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }

    @Test
    void leftOverHandlesAreFindings() {
        JCudaDriver.cuCtxDestroy(d.context);
        assertTrue(d.emulator.report().contains("leak of 2 streams"), d.emulator.report());
        assertTrue(d.emulator.report().contains("leak of 1 events"), d.emulator.report());
    }
}
