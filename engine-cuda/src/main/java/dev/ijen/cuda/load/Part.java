package dev.ijen.cuda.load;

import java.util.List;

/// NVIDIA's libraries that Ijen can use beside the driver, in the major versions that JCuda's natives can be made to work with.
public enum Part {
    CUBLAS("cuBLAS", "libcublas.so.", "nvidia_cublas", "libcublasLt.so.", 13, 12),
    CUDNN("cuDNN", "libcudnn.so.", "nvidia_cudnn", "", 9, 8),
    NVRTC("NVRTC", "libnvrtc.so.", "nvidia_cuda_nvrtc", "libnvrtc-builtins.so.", 13, 12);

    final String title;
    final String prefix;
    final String wheel;
    /// The prefix of a library that must be loaded with it; empty if there is none.
    final String companion;
    private final int newest;
    private final int oldest;

    Part(String title, String prefix, String wheel, String companion, int newest, int oldest) {
        this.title = title;
        this.prefix = prefix;
        this.wheel = wheel;
        this.companion = companion;
        this.newest = newest;
        this.oldest = oldest;
    }

    /// Major versions, preferred ones first.
    List<Integer> majors() {
        return List.of(newest, oldest);
    }

    /// Versions worth telling a user that they are not supported.
    List<Integer> others() {
        return List.of(newest + 2, newest + 1, oldest - 1);
    }

    /// What to install for CUDA 12 or 13.
    String pip(int cuda) {
        var name = wheel.replace('_', '-');
        return cuda == 13 && this != CUDNN ? name : name + "-cu" + cuda; // the wheels of CUDA 13 have no suffix
    }

    @Override
    public String toString() {
        return title;
    }
}
