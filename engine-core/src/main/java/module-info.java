/// Tensors, the graph and its passes, layers, training: everything that is written once for all devices.
///
/// Plain exports are what users type; the qualified ones are what a backend implements.
module dev.ijen.core {
    requires com.fasterxml.jackson.core;
    requires de.siegmar.fastcsv;
    requires java.desktop;
    requires jdk.jfr;
    requires org.snakeyaml.engine;

    exports dev.ijen.tensor;
    exports dev.ijen.engine;
    exports dev.ijen.format;
    exports dev.ijen.data;
    exports dev.ijen.data.audio;
    exports dev.ijen.data.series;
    exports dev.ijen.data.synth;
    exports dev.ijen.data.text;
    exports dev.ijen.generate;
    exports dev.ijen.loss;
    exports dev.ijen.metrics;
    exports dev.ijen.onnx;
    exports dev.ijen.projection;
    exports dev.ijen.optim;
    exports dev.ijen.nn;
    exports dev.ijen.text;
    exports dev.ijen.nn.zoo;
    exports dev.ijen.train;
    exports dev.ijen.train.config;

    exports dev.ijen.spi to dev.ijen.cpu, dev.ijen.cuda;

    uses dev.ijen.spi.BackendProvider;
}
