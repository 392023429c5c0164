package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.SharedData;
import dev.ijen.train.config.LayerSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An ONNX file as the network of a training.
class ImportedNetworkTest {
    @Test
    void newHeadStandsOnWhatTheLastProductTakes() {
        var file = SharedData.file("models/burn-mnist.onnx");
        var c = Imported.network(file, true, List.of());
        assertEquals(2, c.model().layers().size());
        assertEquals(new LayerSpec.Onnx(file.toString(), "/Relu_3_output_0"), c.model().layers().getFirst().spec());
    }

    @Test
    void spectrogramsAreBroughtToTheFilesSize() {
        var file = SharedData.file("models/burn-mnist.onnx");
        var layers = Imported.network(file, true, List.of("data.kind=audio")).model().layers();
        assertEquals(new LayerSpec.AdaptiveAvgPool(28), layers.getFirst().spec());
        assertEquals(3, layers.size());
    }

    @Test
    void withoutANewHeadTheWholeFileIsTrained() {
        var layers = Imported.network(SharedData.file("models/cnn_mnist.onnx"), false, List.of()).model().layers();
        assertEquals(1, layers.size());
        assertTrue(layers.getFirst().spec() instanceof LayerSpec.Onnx o && o.to().isEmpty(), layers.toString());
    }
}
