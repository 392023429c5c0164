/// Tokenizers: text to numbers and back. Own code without dependencies, reading the files that other tools write
/// (Hugging Face `tokenizer.json`, GPT-2's `vocab.json` and `merges.txt`, BERT's `vocab.txt`, llama2.c's
/// `tokenizer.bin`).
package dev.ijen.text;
