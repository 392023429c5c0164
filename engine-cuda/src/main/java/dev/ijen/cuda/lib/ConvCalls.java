package dev.ijen.cuda.lib;

import dev.ijen.spi.Kernel.ConvPass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnHandle;

/// The three families of functions that cuDNN has for a convolution's passes, by one name each.
final class ConvCalls {
    private ConvCalls() {}

    /// cuDNN's algorithms for a pass that it says work, the best ones first as its heuristics see it.
    static List<Algorithm> recommended(cudnnHandle handle, ConvPass pass, ConvDescriptors d) {
        var n = new int[1];
        var found = new ArrayList<Algorithm>();
        switch (pass) {
            case FORWARD -> {
                int most = 2 * cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT; // with and without tensor cores
                var to = Stream.generate(cudnnConvolutionFwdAlgoPerf::new).limit(most)
                        .toArray(cudnnConvolutionFwdAlgoPerf[]::new);
                DnnStatus.check(
                        "cudnnGetConvolutionForwardAlgorithm_v7",
                        () -> JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                                handle, d.x, d.w, d.convolution, d.y, most, n, to));
                IntStream.range(0, n[0]).mapToObj(i -> to[i]).filter(p -> p.status == 0).forEach(
                        p -> found.add(algorithm(p.algo, p.mathType, p.determinism, p.memory)));
            }
            case INPUT_GRADIENT -> {
                int most = 2 * cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT;
                var to = Stream.generate(cudnnConvolutionBwdDataAlgoPerf::new).limit(most)
                        .toArray(cudnnConvolutionBwdDataAlgoPerf[]::new);
                DnnStatus.check(
                        "cudnnGetConvolutionBackwardDataAlgorithm_v7",
                        () -> JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                                handle, d.w, d.y, d.convolution, d.x, most, n, to));
                IntStream.range(0, n[0]).mapToObj(i -> to[i]).filter(p -> p.status == 0).forEach(
                        p -> found.add(algorithm(p.algo, p.mathType, p.determinism, p.memory)));
            }
            case FILTER_GRADIENT -> {
                int most = 2 * cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT;
                var to = Stream.generate(cudnnConvolutionBwdFilterAlgoPerf::new).limit(most)
                        .toArray(cudnnConvolutionBwdFilterAlgoPerf[]::new);
                DnnStatus.check(
                        "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
                        () -> JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                                handle, d.x, d.y, d.convolution, d.w, most, n, to));
                IntStream.range(0, n[0]).mapToObj(i -> to[i]).filter(p -> p.status == 0).forEach(
                        p -> found.add(algorithm(p.algo, p.mathType, p.determinism, p.memory)));
            }
        }
        return found;
    }

    private static Algorithm algorithm(int number, int math, int determinism, long memory) {
        return new Algorithm(number, math, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC, memory);
    }

    /// Asks how much workspace an algorithm needs, with the type of arithmetic that is set.
    ///
    /// @return cuDNN's number
    static int workspace(cudnnHandle handle, ConvPass pass, ConvDescriptors d, int algorithm, long[] bytes) {
        return DnnStatus.attempt(() -> switch (pass) {
            case FORWARD -> JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                    handle, d.x, d.w, d.convolution, d.y, algorithm, bytes);
            case INPUT_GRADIENT -> JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                    handle, d.w, d.y, d.convolution, d.x, algorithm, bytes);
            case FILTER_GRADIENT -> JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                    handle, d.x, d.y, d.convolution, d.w, algorithm, bytes);
        });
    }

    /// Puts a pass on the handle's stream; allocates nothing.
    ///
    /// @param first x, dy or x
    /// @param second w, w or dy
    /// @param result y, dx or dw
    /// @return cuDNN's number
    static int enqueue(
            cudnnHandle handle, Scalars scalars, ConvPass pass, ConvDescriptors d, Algorithm a, Pointer first,
            Pointer second, Pointer result, Pointer workspace) {
        long bytes = a.workspaceBytes();
        try {
            return switch (pass) {
                case FORWARD -> JCudnn.cudnnConvolutionForward(
                        handle, scalars.one, d.x, first, d.w, second, d.convolution, a.number(), workspace, bytes,
                        scalars.zero, d.y, result);
                case INPUT_GRADIENT -> JCudnn.cudnnConvolutionBackwardData(
                        handle, scalars.one, d.w, second, d.y, first, d.convolution, a.number(), workspace, bytes,
                        scalars.zero, d.x, result);
                case FILTER_GRADIENT -> JCudnn.cudnnConvolutionBackwardFilter(
                        handle, scalars.one, d.x, first, d.y, second, d.convolution, a.number(), workspace, bytes,
                        scalars.zero, d.w, result);
            };
        } catch (jcuda.CudaException e) {
            return DnnStatus.code(e);
        }
    }

    /// Such as `cudnnConvolutionForward`.
    static String name(ConvPass pass) {
        return switch (pass) {
            case FORWARD -> "cudnnConvolutionForward";
            case INPUT_GRADIENT -> "cudnnConvolutionBackwardData";
            case FILTER_GRADIENT -> "cudnnConvolutionBackwardFilter";
        };
    }
}
