package dev.ijen.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.TabularOptions.Encoding;
import dev.ijen.data.TabularOptions.Imputation;
import dev.ijen.data.TabularOptions.Task;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TabularTest {
    private static final String PEOPLE = """
            age,city,member,score
            10,Rome,true,1.5
            20,Oslo,false,2.5
            ,Rome,true,3.5
            60,,false,4.5
            """;

    @TempDir Path folder;

    private static Csv csv(String text) {
        return Csv.of("t.csv", text, Csv.Options.defaults());
    }

    private static int[] all(Csv t) {
        return IntStream.range(0, t.rows()).toArray();
    }

    @Test
    void featuresByHand() {
        var t = csv(PEOPLE);
        var p = TabularPreprocessor.fit(t, all(t), TabularOptions.of("score"));
        assertEquals(List.of("age", "city=Oslo", "city=Rome", "member", "age missing", "city missing"),
                p.featureNames());
        // age: mean 30, variance (400 + 100 + 900) / 3; member: mean 1/2, deviation 1/2
        float s = (float) Math.sqrt(1400 / 3.0);
        assertArrayEquals(
                new float[] {
                    -20 / s, 0, 1, 1, 0, 0, //
                    -10 / s, 1, 0, -1, 0, 0, //
                    0, 0, 1, 1, 1, 0, //
                    30 / s, 0, 0, -1, 0, 1
                },
                p.features(t, all(t)).toFloatArray(),
                1e-6f);
        assertFalse(p.isClassification());
        float[] labels = p.labels(t, all(t)).toFloatArray();
        assertEquals(1.5, p.targetValue(labels[0]), 1e-6);
        assertEquals(0, labels[0] + labels[3], 1e-6);
    }

    @Test
    void otherOptionsByHand() {
        var t = csv(PEOPLE);
        var o = TabularOptions.of("score")
                .withImputation(Imputation.MEDIAN)
                .withEncoding(Encoding.ORDINAL)
                .withStandardize(false)
                .withStandardizeTarget(false)
                .withMissingIndicators(false)
                .withDrop("member");
        var p = TabularPreprocessor.fit(t, all(t), o);
        assertEquals(List.of("age", "city"), p.featureNames());
        // the median of 10, 20, 60 is 20; Oslo 0, Rome 1, the most frequent is Rome
        assertArrayEquals(new float[] {10, 1, 20, 0, 20, 1, 60, 1}, p.features(t, all(t)).toFloatArray());
        assertArrayEquals(new float[] {1.5f, 2.5f, 3.5f, 4.5f}, p.labels(t, all(t)).toFloatArray());
    }

    @Test
    void nearestNeighboursAsScikitLearn() {
        // the example in the documentation of sklearn.impute.KNNImputer, n_neighbors=2
        var t = csv("a,b,c,y\n1,2,,0\n3,4,3,1\n,6,5,0\n8,8,7,1\n");
        var o = TabularOptions.of("y").withNeighbours(2).withStandardize(false).withMissingIndicators(false);
        var p = TabularPreprocessor.fit(t, all(t), o);
        assertArrayEquals(
                new float[] {1, 2, 4, 3, 4, 3, 5.5f, 6, 5, 8, 8, 7}, p.features(t, all(t)).toFloatArray(), 1e-6f);
        var scaled = TabularPreprocessor.fit(t, all(t), o.withStandardize(true));
        for (float v : scaled.features(t, all(t)).toFloatArray()) {
            assertTrue(Math.abs(v) < 3);
        }
    }

    @Test
    void onlyTheTrainingPartTeaches() {
        var t = csv(PEOPLE);
        int[] train = {0, 1};
        for (var imputation : Imputation.values()) {
            var o = TabularOptions.of("score").withImputation(imputation);
            var before = TabularPreprocessor.fit(t, train, o);
            // other rows changed beyond recognition
            var changed = csv(
                    "age,city,member,score\n10,Rome,true,1.5\n20,Oslo,false,2.5\n1e9,Paris,true,-1e9\n-5,Lima,true,7\n");
            var after = TabularPreprocessor.fit(changed, train, o);
            assertEquals(before.toJson(), after.toJson());
        }
    }

    @Test
    void embeddedCategoriesArePlaces() {
        var t = csv(PEOPLE);
        var p = TabularPreprocessor.fit(t, all(t), TabularOptions.of("score").withEncoding(Encoding.EMBEDDING)
                .withStandardize(false).withMissingIndicators(false));
        assertEquals(List.of("age", "city", "member"), p.featureNames());
        // Oslo 0, Rome 1; what is missing or was never seen has the row after them
        assertArrayEquals(new float[] {10, 1, 1, 20, 0, 0, 30, 1, 1, 60, 2, 0}, p.features(t, all(t)).toFloatArray());
        var later = csv("age,city,member\n30,Athens,true\n");
        assertArrayEquals(new float[] {30, 2, 1}, p.features(later, all(later)).toFloatArray());
        assertEquals(java.util.Map.of(1, 3), p.embedded());
        assertEquals(java.util.Map.of(1, 3), TabularPreprocessor.fromJson("p", p.toJson()).embedded());
    }

    @Test
    void outliersLeaveTheTrainingPartAlone() {
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 200; i++) {
            text.append(i % 20 == 0 ? 1000 : i % 7).append(',').append(i % 2 == 0 ? "a" : "b").append('\n');
        }
        var t = csv(text.toString());
        double[] fractions = {0.5, 0.5};
        var whole = Tabular.split(t, TabularOptions.of("y"), fractions, 3);
        var parts = Tabular.split(t, TabularOptions.of("y").withOutliers(2), fractions, 3);
        // the extreme rows of the training part are gone, those of the test part stay
        assertTrue(IntStream.of(whole.rows().get(0)).anyMatch(r -> r % 20 == 0));
        assertArrayEquals(IntStream.of(whole.rows().get(0)).filter(r -> r % 20 != 0).toArray(), parts.rows().get(0));
        assertArrayEquals(whole.rows().get(1), parts.rows().get(1));
        assertTrue(IntStream.of(parts.rows().get(1)).anyMatch(r -> r % 20 == 0));
        // what is learnt is learnt from the rows that are left
        var numeric = (TabularPreprocessor.Numeric) parts.preprocessor().features().getFirst();
        assertEquals(IntStream.of(parts.rows().get(0)).mapToDouble(r -> r % 7).average().orElseThrow(), numeric.mean(),
                1e-9);
    }

    @Test
    void unknownCategoriesAndNewFilesAtPrediction() {
        var t = csv(PEOPLE);
        var p = TabularPreprocessor.fit(t, all(t), TabularOptions.of("score"));
        // another order of columns, no target, an unknown city, a column of which nothing is known
        var later = csv("city,age,member\nAthens,30,TRUE\n,,false\n");
        assertArrayEquals(
                new float[] {0, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 1}, p.features(later, all(later)).toFloatArray(), 1e-6f);
        var lacking = csv("city,age\nRome,1\n");
        assertTrue(assertThrows(IjenException.class, () -> p.features(lacking, new int[1]))
                .getMessage()
                .contains("no column 'member'"));
        var text = csv("age,city,member\nold,Rome,true\n");
        var e = assertThrows(FormatException.class, () -> p.features(text, new int[1]));
        assertTrue(e.getMessage().contains("line 2") && e.getMessage().contains("'old'"), e.getMessage());
    }

    @Test
    void jsonKeepsEverything() {
        var t = csv(PEOPLE);
        for (var imputation : Imputation.values()) {
            for (var encoding : Encoding.values()) {
                for (String target : new String[] {"score", "member"}) {
                    var o = TabularOptions.of(target).withImputation(imputation).withEncoding(encoding);
                    var p = TabularPreprocessor.fit(t, all(t), o);
                    Path file = folder.resolve("p.json");
                    p.save(file);
                    var q = TabularPreprocessor.load(file);
                    assertEquals(p.toJson(), q.toJson());
                    assertEquals(p.featureNames(), q.featureNames());
                    assertEquals(p.classNames(), q.classNames());
                    assertArrayEquals(p.features(t, all(t)).toFloatArray(), q.features(t, all(t)).toFloatArray());
                    assertArrayEquals(p.labels(t, all(t)).toDoubleArray(), q.labels(t, all(t)).toDoubleArray());
                }
            }
        }
    }

    @Test
    void damagedJsonIsRefused() {
        var t = csv(PEOPLE);
        String good = TabularPreprocessor.fit(t, all(t), TabularOptions.of("score").withNeighbours(1)).toJson();
        for (int n = 0; n < good.length() - 2; n++) {
            String cut = good.substring(0, n);
            assertThrows(FormatException.class, () -> TabularPreprocessor.fromJson("p.json", cut), "length " + n);
        }
        for (String[] change : new String[][] {
            {"\"version\" : 1", "\"version\" : 2"},
            {"numeric", "magic"},
            {"\"std\"", "\"sdt\""},
            {"\"neighbours\" : 1", "\"neighbours\" : 0"},
            {"\"features\" : [", "\"features\" : [ 7,"},
            {"\"donors\" : [", "\"donors\" : [ [1],"},
        }) {
            assertTrue(good.contains(change[0]), change[0]);
            String bad = good.replace(change[0], change[1]);
            assertThrows(FormatException.class, () -> TabularPreprocessor.fromJson("p.json", bad), change[1]);
        }
    }

    @Test
    void targetsAreUnderstood() {
        var t = csv("a,b,c,d\n1,0,2.5,x\n2,1,3.5,y\n3,0,4,x\n");
        assertEquals(List.of("0", "1"), TabularPreprocessor.fit(t, all(t), TabularOptions.of("b")).classNames());
        assertEquals(List.of("x", "y"), TabularPreprocessor.fit(t, all(t), TabularOptions.of("")).classNames());
        assertFalse(TabularPreprocessor.fit(t, all(t), TabularOptions.of("c")).isClassification());
        assertFalse(TabularPreprocessor.fit(t, all(t), TabularOptions.of("b").withTask(Task.REGRESSION))
                .isClassification());
        for (var bad : List.of(
                TabularOptions.of("d").withTask(Task.REGRESSION),
                TabularOptions.of("none"),
                TabularOptions.of("b").withDrop("q"),
                TabularOptions.of("b").withDrop("a", "c", "d"))) {
            assertThrows(IjenException.class, () -> TabularPreprocessor.fit(t, all(t), bad));
        }
        assertThrows(IjenException.class, () -> TabularPreprocessor.fit(t, new int[0], TabularOptions.of("b")));
        var holes = csv("a,y\n1,0\n2,\n3,1\n");
        var e = assertThrows(FormatException.class,
                () -> TabularPreprocessor.fit(holes, all(holes), TabularOptions.of("y")));
        assertTrue(e.getMessage().contains("line 3"), e.getMessage());
        var p = TabularPreprocessor.fit(t, new int[] {0, 1}, TabularOptions.of("d"));
        var other = csv("a,b,c,d\n1,0,2.5,z\n");
        assertTrue(assertThrows(FormatException.class, () -> p.labels(other, new int[1]))
                .getMessage()
                .contains("'z' in the target column 'd'"));
    }

    @Test
    void aTypingErrorInANumericColumnIsNamed() {
        var text = new StringBuilder("a,y\n");
        for (int i = 0; i < 1_500; i++) {
            text.append(i == 700 ? "7OO" : "" + i).append(',').append(i % 2).append('\n');
        }
        var t = csv(text.toString());
        var e = assertThrows(IjenException.class, () -> TabularPreprocessor.fit(t, all(t), TabularOptions.of("y")));
        assertTrue(e.getMessage().contains("'7OO' in line 702"), e.getMessage());
    }

    @Test
    void wellKnownTables() {
        var iris = Tabular.split(
                Csv.read(SharedData.file("tabular/iris.csv")), TabularOptions.of("species"), new double[] {0.8, 0.2},
                1);
        assertEquals(List.of("setosa", "versicolor", "virginica"), iris.preprocessor().classNames());
        assertEquals(120, iris.datasets().get(0).size());
        assertEquals(Shape.of(4), iris.datasets().get(0).input().shape());
        var titanic = Tabular.split(
                Csv.read(SharedData.file("tabular/titanic.csv")),
                TabularOptions.of("survived").withDrop("alive").withNeighbours(5),
                new double[] {0.8, 0.2},
                1);
        assertEquals(2, titanic.datasets().get(1).classes());
        for (var d : titanic.datasets()) {
            for (float v : d.batch(IntStream.range(0, d.size()).toArray()).input().toFloatArray()) {
                assertTrue(Float.isFinite(v));
            }
        }
        var housing = Tabular.split(
                Csv.read(SharedData.file("tabular/california-housing.csv")),
                TabularOptions.of("median_house_value"),
                new double[] {0.8, 0.1, 0.1},
                1);
        assertFalse(housing.preprocessor().isClassification());
        assertEquals(16_512, housing.datasets().getFirst().size());
        assertEquals(8 + 5 + 1, housing.datasets().getFirst().input().shape().dim(0));
    }
}
