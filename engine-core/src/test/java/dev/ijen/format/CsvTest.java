package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    @TempDir Path folder;

    private static Csv csv(String text) {
        return Csv.of("t.csv", text, Csv.Options.defaults());
    }

    private static List<String> names(Csv t) {
        return t.columns().stream().map(Csv.Column::name).toList();
    }

    @Test
    void quotesSeparatorsAndLineBreaksInCells() {
        var t = csv("name,note,n\n\"Smith, J\",\"said \"\"no\"\"\nand left\",1\r\n Lee , \"x\" , 2 \n\n");
        assertEquals(List.of("name", "note", "n"), names(t));
        assertEquals(2, t.rows());
        assertEquals("Smith, J", t.column("name").text(0));
        assertEquals("said \"no\"\nand left", t.column("note").text(0));
        assertEquals("Lee", t.column("name").text(1));
        assertEquals("x", t.column("note").text(1));
        assertEquals(2, t.column("n").number(1));
        assertEquals(2, t.line(0));
        assertEquals(4, t.line(1));
    }

    @Test
    void typesAreInferredFromCellsThatAreThere() {
        var t = csv("a,b,c,d,e,f\n1,true,x,?,2020-01-02,1e999\n-2.5e3,False,,NA,1.2.3,1\nNaN,TRUE,7,,0x10,2\n");
        assertEquals(
                List.of(Csv.Type.NUMERIC, Csv.Type.BOOLEAN, Csv.Type.CATEGORICAL, Csv.Type.NUMERIC,
                        Csv.Type.CATEGORICAL, Csv.Type.CATEGORICAL),
                t.columns().stream().map(Csv.Column::type).toList());
        assertEquals(-2500, t.column("a").number(1));
        assertTrue(Double.isNaN(t.column("a").number(2)));
        assertNull(t.column("a").text(2));
        assertEquals(1, t.column("b").number(0));
        assertEquals(0, t.column("b").number(1));
        assertEquals(1, t.column("c").missing());
        assertEquals(3, t.column("d").missing());
        assertEquals(List.of("7", "x"), t.column("c").categories());
    }

    @Test
    void categoriesOfNumbersAreOrderedByValue() {
        var t = csv("x\n10\n9\n-1\n9\n");
        assertEquals(List.of("-1", "9", "10"), t.column("x").categories());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '/',
            value = {
                "a,b|1,2|3,4 / true",
                "1,2|3,4 / false",
                "a,1|b,2 / false",
                "sex,class|m,x|f,y / true",
                "m,x|f,x|m,y / false",
                ",a|0,1|1,2 / true",
                "a,a|1,2 / false",
            })
    void headersAreDetected(String lines, boolean header) {
        var t = csv(lines.replace('|', '\n'));
        assertEquals(lines.split("\\|", -1).length - (header ? 1 : 0), t.rows());
        assertEquals(header ? null : "c1", header ? null : t.columns().get(1).name());
    }

    @Test
    void headersMayBeGiven() {
        assertEquals(1, Csv.of("t", "1,2\n3,4\n", Csv.Options.defaults().withHeader(Csv.Header.YES)).rows());
        assertEquals(2, Csv.of("t", "a,b\n3,4\n", Csv.Options.defaults().withHeader(Csv.Header.NO)).rows());
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void separatorsAreDetected(String s) {
        var t = csv(
                "a,b,c\n1.5,\"x,y;z|w\",3\n4,5,6\n".replace(",b,c", s + "b" + s + "c").replace("5,\"", "5" + s + "\"")
                        .replace("\",3", "\"" + s + "3").replace("4,5,6", "4" + s + "5" + s + "6"));
        assertEquals(List.of("a", "b", "c"), names(t));
        assertEquals("x,y;z|w", t.column("b").text(0));
    }

    @Test
    void raggedRowsAreNamedByLine() {
        var e = assertThrows(FormatException.class, () -> csv("a,b\n1,2\n\n3,4,5\n"));
        assertTrue(e.getMessage().startsWith("t.csv: damaged at line 4\n  got:      3 cells"), e.getMessage());
        var few = assertThrows(FormatException.class, () -> csv("a,b\n1,2\n3\n"));
        assertTrue(few.getMessage().contains("line 3"), few.getMessage());
    }

    @Test
    void brokenTablesAreRefused() {
        assertThrows(FormatException.class, () -> csv(""));
        assertThrows(FormatException.class, () -> csv("\n\n"));
        assertThrows(FormatException.class, () -> csv("a,b\n\"1,2\n"));
        var twice = assertThrows(
                FormatException.class,
                () -> Csv.of("t", "a,a\n1,2\n", Csv.Options.defaults().withHeader(Csv.Header.YES)));
        assertTrue(twice.getMessage().contains("two columns 'a'"), twice.getMessage());
    }

    @Test
    void limitsHold() throws IOException {
        var o = Csv.Options.defaults().withLimits(20, 2, 3);
        assertThrows(FormatException.class, () -> Csv.of("t", "1\n2\n3\n4\n", o));
        assertThrows(FormatException.class, () -> Csv.of("t", "1,2,3,4\n", o));
        Path f = Files.writeString(folder.resolve("f.csv"), "x".repeat(21));
        assertThrows(FormatException.class, () -> Csv.read(f, o));
    }

    @Test
    void encodings() throws IOException {
        String text = "größe,b\n1,ä\n2,ö\n";
        Path f = folder.resolve("f.csv");
        Files.write(f, ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("größe", "b"), names(Csv.read(f)));
        Files.write(f, ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE));
        assertEquals("ö", Csv.read(f).column("b").text(1));
        Files.write(f, ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE));
        assertEquals("ö", Csv.read(f).column("b").text(1));
        Files.write(f, text.getBytes(StandardCharsets.ISO_8859_1));
        var e = assertThrows(FormatException.class, () -> Csv.read(f));
        assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
        Files.write(f, ("a,b\n" + "1,2\n".repeat(50_000) + "ö,2\n").getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(assertThrows(FormatException.class, () -> Csv.read(f)).getMessage().contains("UTF-8"));
    }

    @Test
    void misspeltColumnsAndMissingFilesAreNamed() {
        var e = assertThrows(IjenException.class, () -> csv("sepal_length,b\n1,2\n").column("sepal_lenght"));
        assertTrue(e.getMessage().contains("did you mean 'sepal_length'?"), e.getMessage());
        assertEquals(
                FormatException.Kind.MISSING,
                assertThrows(FormatException.class, () -> Csv.read(folder.resolve("no.csv"))).kind());
    }

    @Test
    void anyTruncationIsATableOrAClearError() {
        String text = "a,b,c\n1,\"x\ny\",true\n2,\"\"\"q\",false\n";
        for (int n = 0; n < text.length(); n++) {
            try {
                csv(text.substring(0, n));
            } catch (FormatException e) {
                assertTrue(e.getMessage().contains("fix:"));
            }
        }
    }

    @Test
    void fuzzCorpusGivesTablesOrClearErrors() throws IOException {
        for (var e : SharedData.tar("security/go-fuzz-csv.tar.gz").entrySet()) {
            Path f = Files.write(folder.resolve("f.csv"), e.getValue());
            try {
                var t = Csv.read(f);
                t.columns().forEach(c -> assertTrue(c.missing() <= t.rows()));
            } catch (FormatException x) {
                assertTrue(x.getMessage().contains("fix:"), e.getKey());
            }
        }
    }

    // rows, columns, cells missing in one column: counted with pandas and by the files' own descriptions
    @ParameterizedTest
    @CsvSource({
        "iris, 150, 5, species, 0, CATEGORICAL",
        "titanic, 891, 15, age, 177, NUMERIC",
        "titanic, 891, 15, adult_male, 0, BOOLEAN",
        "california-housing, 20640, 10, total_bedrooms, 207, NUMERIC",
        "penguins, 344, 7, sex, 11, CATEGORICAL",
        "breast-cancer-wisconsin.data, 699, 11, c6, 16, NUMERIC",
        "mammography, 11183, 7, c6, 0, CATEGORICAL",
        "adult-train, 32561, 15, c1, 1836, CATEGORICAL",
        "winequality-red, 1599, 12, c11, 0, NUMERIC",
        "winequality-white, 4898, 12, c0, 0, NUMERIC",
        "auto_imports, 201, 26, c1, 37, NUMERIC",
    })
    void wellKnownTables(String name, int rows, int columns, String column, int missing, Csv.Type type) {
        var t = Csv.read(SharedData.file("tabular/" + name + ".csv"));
        assertEquals(rows, t.rows());
        assertEquals(columns, t.columns().size());
        assertEquals(missing, t.column(column).missing());
        assertEquals(type, t.column(column).type());
    }
}
