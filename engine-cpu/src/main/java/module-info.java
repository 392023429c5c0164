/// The CPU backend: the Vector API, and oneDNN where its library is found.
module dev.ijen.cpu {
    requires dev.ijen.core;
    requires jdk.incubator.vector;
    requires jdk.management;

    provides dev.ijen.spi.BackendProvider with
            dev.ijen.cpu.CpuProvider;
    provides dev.ijen.engine.LibrarySpeed with
            dev.ijen.cpu.DnnlSpeed;
}
