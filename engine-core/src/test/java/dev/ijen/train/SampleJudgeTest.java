package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.train.Generative.Wish;
import dev.ijen.train.config.ConfigReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A classifier whose outputs are ten times its inputs, so that an example is of the class of its greatest number.
class SampleJudgeTest extends OnEngine {
    private static final List<String> MADE = List.of("a", "b", "c");
    private static final List<String> JUDGED = List.of("c", "a", "b");

    private static Task task(String type) {
        return Task
                .of(ConfigReader.parse("test", "task: {type: " + type + "}\nmodel: {layers: [output]}\n", List.of()));
    }

    private static Preprocessor.Arrays of(List<String> classes) {
        return new Preprocessor.Arrays(DType.F32, Shape.of(3), classes);
    }

    /// An example of each class, by the classifier's index.
    private static HostTensor of(int... classes) {
        var x = HostTensor.zeros(DType.F32, Shape.of(classes.length, 3));
        for (int i = 0; i < classes.length; i++) {
            x.set(i * 3 + classes[i], 1);
        }
        return x;
    }

    private Evaluation judge(String type, int count, SampleJudge.Maker maker) {
        var classifier = task("auto");
        var label = new ElementSpec("label", DType.I32, Shape.scalar());
        var problem = new Problem(of(JUDGED), label, 3, null);
        var real = ArrayDataset.of(of(0, 1, 2), HostTensor.of(new int[3], 3), JUDGED);
        try (var scorer = new Scorer(engine, classifier, problem, x -> x.mul(10), null, 7)) {
            return new SampleJudge((Generative) task(type), new Problem(of(MADE), label, 3, null), scorer, JUDGED)
                    .judge(maker, real, Wish.of(count, "", 4));
        }
    }

    @Test
    void whatIsAskedForIsComparedByName() {
        // what is asked for as b looks like a; classes are asked for by the generator's index
        var e = judge("diffusion", 450, (wish, asked) -> {
            var all = new int[wish.count()];
            for (int i = 0; i < all.length; i++) {
                var name = MADE.get(asked[i]);
                all[i] = JUDGED.indexOf(name.equals("b") ? "a" : name);
            }
            return of(all);
        });
        assertEquals(450, e.examples());
        assertEquals(2 / 3.0, e.metric("prompted_accuracy"), 1e-12);
        assertEquals(2, e.metric("classes"));
        assertEquals(1, e.metric("confident"));
        // e to the entropy of one third and two thirds, less what the softmax of 10, 0, 0 leaves to the others
        assertEquals(Math.exp(-(Math.log(1 / 3.0) + 2 * Math.log(2 / 3.0)) / 3), e.metric("inception_score"), 5e-3);
        // −ln softmax: 0 where it is right, 10 for b
        assertEquals(10 / 3.0, e.loss(), 1e-3);
    }

    @Test
    void withoutPromptsItIsTheWholeThatCounts() {
        var even = judge("gan", 300, (wish, asked) -> {
            assertEquals(null, asked);
            var all = new int[wish.count()];
            for (int i = 0; i < all.length; i++) {
                all[i] = i % 3;
            }
            return of(all);
        });
        assertEquals(List.of("classes", "confident", "inception_score", "frechet_logits"),
                List.copyOf(even.metrics().keySet()));
        assertEquals(3, even.metric("classes"));
        assertEquals(3, even.metric("inception_score"), 0.01);
        assertTrue(Double.isNaN(even.loss()) && !even.toText().contains("loss"), even.toText());
        var one = judge("gan", 300, (wish, asked) -> of(new int[wish.count()]));
        assertEquals(1, one.metric("classes"));
        assertEquals(1, one.metric("inception_score"), 1e-9);
        assertTrue(one.metric("frechet_logits") > even.metric("frechet_logits") + 50, one.toText() + even.toText());
    }

    @Test
    void everyChunkIsOfItsOwnNoise() {
        var seeds = new java.util.ArrayList<Long>();
        judge("gan", 450, (wish, asked) -> {
            seeds.add(wish.seed());
            return of(new int[wish.count()]);
        });
        assertEquals(List.of(4L, 5L, 6L), seeds);
    }

    @Test
    void aJudgeOfOtherExamplesIsRefused() {
        SampleJudge.check(of(MADE), of(JUDGED));
        var e = assertThrows(IjenException.class, () -> SampleJudge.check(of(MADE), of(List.of("a", "x"))));
        assertTrue(e.getMessage().contains("[a, x]"), e.getMessage());
        assertThrows(IjenException.class, () -> SampleJudge.check(of(MADE), of(List.of())));
        assertThrows(IjenException.class,
                () -> SampleJudge.check(of(MADE), new Preprocessor.Arrays(DType.F32, Shape.of(4), MADE)));
    }
}
