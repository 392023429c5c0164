package dev.ijen.cli;

import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import dev.ijen.text.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Vocabularies of subwords.
@Command(name = "tokenizer", description = "Learns vocabularies of subwords.",
        subcommands = TokenizerCommand.Train.class)
final class TokenizerCommand extends GroupCommand {
    /// Learns one.
    @Command(name = "train", description = {
        "Learns byte-level BPE, as GPT-2 has it, from text files, and writes a tokenizer.json that",
        "Hugging Face's libraries read, too. The same text gives the same file."
    }, footer = {"", "  ijen tokenizer train corpus.txt --vocab 1024 --out tokenizer.json"})
    static final class Train extends BaseCommand {
        @Parameters(arity = "1..*", paramLabel = "FILE", description = "Text files (UTF-8).") List<Path> files;

        @Option(names = "--vocab", paramLabel = "N", required = true, converter = ComputeOptions.CountConverter.class,
                description = "Tokens to learn, those of the 256 bytes and the end of text included.") int vocabulary;

        @Option(names = "--min-frequency", paramLabel = "N", defaultValue = "2",
                converter = ComputeOptions.CountConverter.class,
                description = "Pairs that are seen less often are not merged (default: ${DEFAULT-VALUE}).") int least;

        @Option(names = "--out", paramLabel = "FILE", required = true,
                description = "The file to write; it must not exist.") Path out;

        @Override
        public Integer call() {
            if (Files.exists(out)) {
                throw new IjenException("cannot create " + out, "it exists already", "a name that is not taken",
                        "choose another name");
            }
            if (vocabulary < 257) {
                throw Errors.wrong(spec, "ijen tokenizer train: --vocab is too small", String.valueOf(vocabulary),
                        "at least 257",
                        "every byte is a token, and the end of text is one");
            }
            var trainer = new BpeTrainer();
            for (var f : files) {
                try {
                    trainer.add(Files.readString(f));
                } catch (IOException e) {
                    throw FormatException.of(f, e);
                }
            }
            var trained = trainer.train(vocabulary, least);
            trained.save(out);
            var object = new LinkedHashMap<String, Object>();
            object.put("path", out.toString());
            object.put("tokens", trained.tokens().size());
            object.put("merges", trained.merges().size());
            print("%s: %d tokens".formatted(out, trained.tokens().size()), object);
            return Exit.DONE;
        }
    }
}
