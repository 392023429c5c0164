package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/// What cuDNN is told of x, w, y and the convolution between them, whatever the pass. Channels last: x, y [N, spatial…, C] and
/// w [K, window…, C / groups], as the SPI has them.
final class ConvDescriptors implements AutoCloseable {
    private static final int FORMAT = cudnnTensorFormat.CUDNN_TENSOR_NHWC;

    final cudnnTensorDescriptor x = new cudnnTensorDescriptor();
    final cudnnTensorDescriptor y = new cudnnTensorDescriptor();
    final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
    final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
    private int made;

    ConvDescriptors(ConvShape s, DType dtype) {
        int type = switch (dtype) {
            case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
            case F16 -> cudnnDataType.CUDNN_DATA_HALF;
            case BF16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
            case F64, I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(dtype.toString());
        };
        try {
            create();
            int dims = s.x().length;
            DnnStatus.check("cudnnSetTensorNdDescriptorEx",
                    () -> JCudnn.cudnnSetTensorNdDescriptorEx(x, FORMAT, type, dims, s.x()));
            DnnStatus.check("cudnnSetTensorNdDescriptorEx",
                    () -> JCudnn.cudnnSetTensorNdDescriptorEx(y, FORMAT, type, dims, s.y()));
            DnnStatus.check("cudnnSetFilterNdDescriptor",
                    () -> JCudnn.cudnnSetFilterNdDescriptor(w, type, FORMAT, dims, s.w()));
            DnnStatus.check(
                    "cudnnSetConvolutionNdDescriptor",
                    () -> JCudnn.cudnnSetConvolutionNdDescriptor(
                            convolution, dims - 2, s.pad(), s.stride(), s.dilation(),
                            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION, cudnnDataType.CUDNN_DATA_FLOAT));
            DnnStatus.check("cudnnSetConvolutionGroupCount",
                    () -> JCudnn.cudnnSetConvolutionGroupCount(convolution, s.groups()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void create() {
        DnnStatus.check("cudnnCreateTensorDescriptor", () -> JCudnn.cudnnCreateTensorDescriptor(x));
        made++;
        DnnStatus.check("cudnnCreateTensorDescriptor", () -> JCudnn.cudnnCreateTensorDescriptor(y));
        made++;
        DnnStatus.check("cudnnCreateFilterDescriptor", () -> JCudnn.cudnnCreateFilterDescriptor(w));
        made++;
        DnnStatus.check("cudnnCreateConvolutionDescriptor",
                () -> JCudnn.cudnnCreateConvolutionDescriptor(convolution));
        made++;
    }

    /// @param type a [cudnnMathType]
    void math(int type) {
        DnnStatus.check("cudnnSetConvolutionMathType",
                () -> JCudnn.cudnnSetConvolutionMathType(convolution, type));
    }

    /// Descriptors are host memory: they go in a lost context too.
    @Override
    public void close() {
        int n = made;
        made = 0;
        try {
            if (n > 3) {
                DnnStatus.check("cudnnDestroyConvolutionDescriptor",
                        () -> JCudnn.cudnnDestroyConvolutionDescriptor(convolution));
            }
            if (n > 2) {
                DnnStatus.check("cudnnDestroyFilterDescriptor", () -> JCudnn.cudnnDestroyFilterDescriptor(w));
            }
            if (n > 1) {
                DnnStatus.check("cudnnDestroyTensorDescriptor", () -> JCudnn.cudnnDestroyTensorDescriptor(y));
            }
            if (n > 0) {
                DnnStatus.check("cudnnDestroyTensorDescriptor", () -> JCudnn.cudnnDestroyTensorDescriptor(x));
            }
        } catch (CudaException e) {
            System.getLogger(ConvDescriptors.class.getName()).log(System.Logger.Level.DEBUG, "while closing", e);
        }
    }
}
