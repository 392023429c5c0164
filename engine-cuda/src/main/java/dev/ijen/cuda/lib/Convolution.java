package dev.ijen.cuda.lib;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.driver.Addresses;
import dev.ijen.spi.Kernel.ConvPass;
import java.lang.foreign.Arena;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/// A pass of a convolution by one of cuDNN's algorithms.
final class Convolution implements CudaKernel {
    private final Dnn dnn;
    private final ConvPass pass;
    private final ConvDescriptors descriptors;
    private final Algorithm algorithm;
    private final String name;

    /// @param descriptors belong to this from now on; their type of arithmetic is the algorithm's
    Convolution(Dnn dnn, ConvPass pass, ConvDescriptors descriptors, Algorithm algorithm, String name) {
        this.dnn = dnn;
        this.pass = pass;
        this.descriptors = descriptors;
        this.algorithm = algorithm;
        this.name = name;
    }

    Algorithm algorithm() {
        return algorithm;
    }

    @Override
    public long scratchBytes() {
        return algorithm.workspaceBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var first = Addresses.device(in[0]);
        var second = Addresses.device(in[1]);
        var result = Addresses.device(out[0]);
        var workspace = algorithm.workspaceBytes() == 0 ? null : Addresses.device(scratch);
        return stream -> enqueue(stream, first, second, result, workspace);
    }

    private void enqueue(CUstream stream, Pointer first, Pointer second, Pointer result, Pointer workspace) {
        int code = ConvCalls.enqueue(
                dnn.on(stream), dnn.scalars(), pass, descriptors, algorithm, first, second, result, workspace);
        if (code != 0) {
            throw DnnStatus.failed(ConvCalls.name(pass) + " of " + name, code);
        }
    }

    @Override
    public void close() {
        descriptors.close();
    }

    @Override
    public String toString() {
        return name + " by cuDNN's algorithm " + algorithm.number();
    }
}
