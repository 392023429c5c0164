package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.nn.zoo.DecoderSpec;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.Presets;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Presets reach what they promise. Those of MNIST take minutes and are measured by their command; here they are only planned.
class PresetTest {
    @TempDir Path dir;

    private TrainOptions options() {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve("run"));
    }

    private static Path shared(String file) {
        var path = Path.of(System.getProperty("ijen.shared", "../../shared")).resolve("data").resolve(file);
        Assumptions.assumeTrue(Files.exists(path), "no data at " + path);
        return path;
    }

    private TrainResult fit(TrainConfig config) {
        try (var t = Trainer.of(config, options())) {
            return t.fit();
        }
    }

    @ParameterizedTest
    @CsvSource({"iris, tabular/iris.csv, accuracy, 0.95", "titanic, tabular/titanic.csv, accuracy, 0.80",
        "housing, tabular/california-housing.csv, r2, 0.75"})
    void tablesReachTheirGoal(String preset, String file, String metric, double goal) {
        // a third of the epochs is enough for housing's goal
        var sets = preset.equals("housing") ? List.of("training.epochs=12") : List.<String>of();
        var r = fit(Presets.load(preset, sets).withDataPath(shared(file).toString()));
        assertTrue(r.test().metric(metric) >= goal, r.toText());
    }

    @Test
    void digitsAreLearntWithoutAnyData() {
        var r = fit(Presets.load("digits", List.of("data.count=4000", "training.epochs=3")));
        assertTrue(r.test().metric("accuracy") >= 0.95, r.toText());
        assertEquals(800, r.test().examples());
        try (var t = Trained.load(r.run(), options())) {
            for (var digit : List.of("seven", "tiny_5")) {
                var file = shared("models/mnist-digit-" + digit + ".png");
                var p = t.predictImage(file);
                assertEquals(digit.equals("seven") ? "7" : "5", p.label(), p.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ijen.train.config.Presets#names")
    void everyPresetCanBeLookedAtWithoutData(String preset) {
        // GPT-2 with Adam's moments is 2 GB: it is counted by a test of its own, with one block of the twelve
        var sets = preset.equals("gpt2-124m")
                ? List.of("task.length=16", "model.layers=[{decoder: {dim: 48, layers: 2, heads: 12}}]")
                : List.<String>of();
        var plan = TrainPlan.of(Presets.load(preset, sets), options());
        assertTrue(plan.parameters() > 0 && plan.flopsForward() > 0 && plan.memoryBytes() > 0);
        assertNotNull(plan.step());
        assertTrue(plan.toText().contains("parameters"));
        assertTrue(plan.graph("mermaid").startsWith("flowchart TD\n"));
        assertTrue(plan.graph("dot").endsWith("}\n"));
        assertEquals(plan.layers().size(), ((List<?>) plan.toMap().get("layers")).size());
    }

    @Test
    void declaredShapesAreThoseOfTheData() {
        for (var preset : List.of("iris", "titanic", "housing")) {
            var file = shared("tabular/" + (preset.equals("housing") ? "california-housing" : preset) + ".csv");
            var config = Presets.load(preset, List.of());
            var data = DataParts.load(config.withDataPath(file.toString()));
            assertEquals(config.model().input(), List.of(data.preprocessor().shape().dim(0)), preset);
            assertEquals(config.model().outputs(), Preprocessor.outputs(data.train()), preset);
        }
    }

    /// GPT-2's 124,439,808 parameters less eleven of its blocks of 7,087,872 each.
    @Test
    void gpt2HasItsParameters() {
        try (var engine = dev.ijen.engine.Engine.open(Device.cpu())) {
            var spec = new DecoderSpec(50257, 1024, 768, 1, 12, 12, 3072, false, OptionalDouble.empty(), 0.1, true);
            assertEquals(124_439_808 - 11 * 7_087_872, Module.parameterCount(Decoder.of(engine, spec)));
        }
        var layer = Presets.load("gpt2-124m", List.of()).model().layers().getFirst().spec();
        assertEquals(new LayerSpec.Decoder(768, 12, 12, 0, 0, LayerSpec.Style.GPT, false, 0.1, true), layer);
    }

    @Test
    void aDenseLayerIsCountedByHand() {
        var plan = TrainPlan.of(Presets.load("iris", List.of()), options());
        // 4·32 + 32, 32·16 + 16, 16·3 + 3 numbers; 2 operations a weight
        assertEquals(160 + 528 + 51, plan.parameters());
        assertEquals(2 * (4 * 32 + 32 * 16 + 16 * 3), plan.flopsForward());
    }
}
