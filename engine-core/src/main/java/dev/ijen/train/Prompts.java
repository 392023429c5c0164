package dev.ijen.train;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/// The words that ask for a class: "a seven", "the digit 7", "a photo of a cat". In training every example is described in one of these
/// ways at random, so that the encoder learns what the words mean.
///
/// @param words by index; 0 is for none, 1 begins every prompt
/// @param classes names of classes
/// @param ways descriptions of each class as words by index, [class][way][LENGTH]
record Prompts(List<String> words, List<String> classes, int[][][] ways) {
    /// Most words of a prompt, its beginning included.
    static final int LENGTH = 8;

    private static final List<String> NUMBERS = List.of(
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    private static final List<String> FRAMES = List.of(
            "%s", "a %s", "an %s", "the %s", "the digit %s", "the number %s", "a handwritten %s", "draw a %s",
            "a picture of a %s", "please draw the digit %s");

    /// For classes of these names; digits are also called by their English words.
    static Prompts of(List<String> classes) {
        var words = new LinkedHashSet<String>(List.of("<none>", "<begin>"));
        var texts = new ArrayList<List<String>>();
        for (var name : classes) {
            var all = new ArrayList<String>();
            for (var called : names(name)) {
                for (var frame : FRAMES) {
                    all.add(frame.formatted(called));
                }
            }
            all.forEach(t -> words.addAll(split(t)));
            texts.add(all);
        }
        var list = List.copyOf(words);
        var ways = texts.stream()
                .map(t -> t.stream().map(s -> indices(list, s)).toArray(int[][]::new))
                .toArray(int[][][]::new);
        return new Prompts(list, List.copyOf(classes), ways);
    }

    private static List<String> names(String name) {
        var plain = name.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
        return plain.matches("[0-9]") ? List.of(plain, NUMBERS.get(Integer.parseInt(plain))) : List.of(plain);
    }

    private static List<String> split(String text) {
        return List.of(text.toLowerCase(Locale.ROOT).strip().split("[^\\p{L}\\p{Nd}]+"));
    }

    private static int[] indices(List<String> words, String text) {
        var all = new int[LENGTH];
        all[0] = 1;
        int at = 1;
        for (var w : split(text)) {
            if (!w.isEmpty() && at < LENGTH) {
                all[at++] = words.indexOf(w);
            }
        }
        return all;
    }

    /// Ways to describe a class; the same number for all.
    int wayCount() {
        return java.util.Arrays.stream(ways).mapToInt(w -> w.length).min().orElse(1);
    }

    /// All descriptions, I32 [classes · wayCount, LENGTH].
    HostTensor table() {
        int count = wayCount();
        var all = new int[classes.size() * count * LENGTH];
        for (int c = 0; c < classes.size(); c++) {
            for (int w = 0; w < count; w++) {
                System.arraycopy(ways[c][w], 0, all, (c * count + w) * LENGTH, LENGTH);
            }
        }
        return HostTensor.of(all, classes.size() * count, LENGTH);
    }

    /// A prompt for each of these classes, its first one described in the first way, its next in the second, I32 [N, LENGTH].
    HostTensor inTurn(int[] wanted) {
        var turn = new int[classes.size()];
        var all = new int[wanted.length * LENGTH];
        for (int i = 0; i < wanted.length; i++) {
            var described = ways[wanted[i]];
            System.arraycopy(described[turn[wanted[i]]++ % described.length], 0, all, i * LENGTH, LENGTH);
        }
        return HostTensor.of(all, wanted.length, LENGTH);
    }

    /// A prompt for `count` examples, I32 [count, LENGTH]; an empty one asks for nothing.
    ///
    /// @throws IjenException if it has a word that no training example was described with
    HostTensor tokens(String prompt, int count) {
        var known = split(prompt).stream().filter(w -> !w.isEmpty()).toList();
        for (var w : known) {
            if (!words.contains(w)) {
                throw new IjenException("generate: a word is not known", "'" + w + "'",
                        "words out of " + String.join(" ", words.subList(2, words.size())), "say it with these words");
            }
        }
        if (known.size() >= LENGTH) {
            throw new IjenException("generate: the prompt is too long", known.size() + " words",
                    "at most " + (LENGTH - 1), "say it with fewer words");
        }
        var one = indices(words, prompt);
        var all = new int[count * LENGTH];
        for (int i = 0; i < count; i++) {
            System.arraycopy(one, 0, all, i * LENGTH, LENGTH);
        }
        return HostTensor.of(all, count, LENGTH);
    }
}
