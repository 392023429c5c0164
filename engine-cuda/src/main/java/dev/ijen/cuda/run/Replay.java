package dev.ijen.cuda.run;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/// Work on the compute stream, captured once into a graph and then launched by one call. The queue's lock is held.
final class Replay implements AutoCloseable {
    private final Queue queue;
    private CUgraphExec graph;

    Replay(Queue queue) {
        this.queue = queue;
    }

    /// Runs the work: captures it the first time.
    ///
    /// @param work puts it on the compute stream, always the same
    void run(Runnable work) {
        if (graph == null) {
            graph = capture(work);
        }
        int code;
        try {
            code = JCudaDriver.cuGraphLaunch(graph, queue.compute());
        } catch (jcuda.CudaException e) {
            code = dev.ijen.cuda.driver.Gpu.code(e);
        }
        if (code != 0) {
            throw queue.gpu().failed("cuGraphLaunch", code);
        }
    }

    private CUgraphExec capture(Runnable work) {
        var gpu = queue.gpu();
        gpu.call(
                "cuStreamBeginCapture",
                () -> JCudaDriver.cuStreamBeginCapture(
                        queue.compute(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
        var captured = new CUgraph();
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done && !gpu.isLost()) { // what has been captured so far is of no use
                if (gpu.attempt(() -> JCudaDriver.cuStreamEndCapture(queue.compute(), captured)) == 0) {
                    gpu.call("cuGraphDestroy", () -> JCudaDriver.cuGraphDestroy(captured));
                }
            }
        }
        gpu.call("cuStreamEndCapture", () -> JCudaDriver.cuStreamEndCapture(queue.compute(), captured));
        try {
            var exec = new CUgraphExec();
            gpu.call("cuGraphInstantiate", () -> JCudaDriver.cuGraphInstantiate(exec, captured, 0));
            return exec;
        } finally {
            if (!gpu.isLost()) {
                gpu.call("cuGraphDestroy", () -> JCudaDriver.cuGraphDestroy(captured));
            }
        }
    }

    /// The work is done.
    @Override
    public void close() {
        if (graph != null && !queue.gpu().isLost()) {
            var g = graph;
            graph = null;
            queue.gpu().call("cuGraphExecDestroy", () -> JCudaDriver.cuGraphExecDestroy(g));
        }
    }
}
