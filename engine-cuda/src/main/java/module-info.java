/// The CUDA backend.
module dev.ijen.cuda {
    requires dev.ijen.core;
    requires dev.ijen.kernels;
    requires jcublas;
    requires jcuda;
    requires jcudnn;

    provides dev.ijen.spi.BackendProvider with dev.ijen.cuda.CudaProvider;
}
