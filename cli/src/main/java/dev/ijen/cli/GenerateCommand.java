package dev.ijen.cli;

import dev.ijen.generate.Sampling;
import dev.ijen.train.TextModel;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trained;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes with a language model, translates, or makes pictures.
@Command(name = "generate", description = {
    "Goes on with a text, or translates it, token by token, as it comes; or makes pictures,",
    "asked for in words where the model understands them.",
    "Text goes to stdout, its speed to stderr; pictures go to files, their names to stdout."
}, footer = {
    "", "  ijen generate runs/char-gpt --prompt \"ROMEO:\" --max-tokens 500",
    "  ijen generate runs/translate --prompt \"the third of march 1999\"",
    "  ijen generate runs/diffusion-digits --prompt \"a seven\" --out seven.png",
    "  ijen generate GPT2_FOLDER --prompt \"Once\"",
    "  ijen generate stories260K.bin --tokenizer tok512.bin --temperature 0"
})
final class GenerateCommand extends BaseCommand {
    private static final double USUAL = 0.8;

    @Parameters(paramLabel = "MODEL",
            description = "A run of a language, translation or picture model, a Hugging Face folder of GPT-2, or a .bin file of llama2.c.") Path model;

    @Option(names = "--tokenizer", paramLabel = "FILE",
            description = "The vocabulary of a .bin file, or instead of a folder's; a run has its own.") Path tokenizer;

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "",
            description = "What to go on with, to translate, or to show (default: nothing).") String prompt;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "200",
            converter = ComputeOptions.CountConverter.class,
            description = "Tokens to add (default: ${DEFAULT-VALUE}).") int maxTokens;

    @Option(names = "--temperature", paramLabel = "T",
            description = "0 for the likeliest token, 1 for the model's own probabilities (default: 0.8; 0 in a translation).") Double temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0",
            description = "Choose among the K likeliest; 0 for all.") int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1",
            description = "Choose among the likeliest that together have probability P.") double topP;

    @Option(names = "--beam", paramLabel = "N", defaultValue = "0",
            description = "Search for the likeliest text with N beams instead of choosing.") int beam;

    @Mixin PictureOptions pictures;

    @Mixin ComputeOptions compute;

    @Override
    public Integer call() {
        var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
        if (Trained.isGenerative(model)) {
            try (var trained = TrainedOptions.load(model, compute)) {
                var files = pictures.make(trained, prompt, compute.seed());
                print(Pictures.text(files), Pictures.json(prompt, compute.seed(), files));
            }
            return Exit.DONE;
        }
        if (beam < 0 || beam > 64) {
            throw Errors.wrong(spec, "ijen generate: --beam is out of range", String.valueOf(beam), "0 to 64",
                    "4 is a usual number");
        }
        // without any of them the model's own way
        boolean usual = temperature == null && topK == 0 && topP == 1;
        var sampling = usual ? null : new Sampling(temperature == null ? USUAL : temperature, topK, topP);
        var request = new TextModel.Request(sampling, beam, maxTokens, compute.seed());
        try (var _ = host().interrupts().guard(this::note); var text = TextModel.load(model, tokenizer, options)) {
            var written = text.write(prompt, request, news -> {
                if (!json) {
                    out().print(news);
                    out().flush();
                }
            }, host().interrupts()::requested);
            if (json) {
                var all = new LinkedHashMap<String, Object>();
                all.put("prompt", prompt);
                all.put("text", written.text());
                all.put("tokens", (long) written.tokens());
                all.put("seconds", written.seconds());
                all.put("tokens_per_s", written.speed());
                print("", all);
            }
            note(String.format(Locale.ROOT, "%n%d tokens, %.0f tokens/s", written.tokens(), written.speed()));
            return host().interrupts().requested() ? Exit.INTERRUPTED : Exit.DONE;
        }
    }
}
