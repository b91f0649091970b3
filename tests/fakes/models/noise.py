"""A language model of random weights, in the files of a real one. What it says is noise: it shows
that a real server's protocol is met, and nothing about answers.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

WIDTH, LAYERS, HEADS, INNER = 32, 2, 4, 64
_LINES = ("In the beginning God created the heaven and the earth.", "Jesus wept.")
_CHAT = (
    "{% for message in messages %}<s>{{ message['role'] }}\n{{ message['content'] }}\n{% endfor %}"
)


def write(folder: Path) -> None:
    """A Llama as `transformers` reads it: config, weights, and a tokenizer of a few lines."""
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    words = tokenizer.get_vocab_size()
    told = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>", "chat_template": _CHAT}
    _json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **told})
    _json(folder / "config.json", _config(words))
    save_file(_weights(words), folder / "model.safetensors", {"format": "pt"})


def _tokenizer() -> Tokenizer:
    """Of bytes, so that any random choice of tokens is a text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_LINES, trainer)
    return tokenizer


def _config(words: int) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "max_position_embeddings": 512,
        "vocab_size": words,
        "tie_word_embeddings": False,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
    }


def _weights(words: int) -> dict[str, np.ndarray]:
    shapes = {
        "model.embed_tokens.weight": (words, WIDTH),
        "model.norm.weight": (WIDTH,),
        "lm_head.weight": (words, WIDTH),
    }
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        shapes |= {f"{at}self_attn.{part}_proj.weight": (WIDTH, WIDTH) for part in "qkvo"}
        shapes |= {f"{at}mlp.{part}_proj.weight": (INNER, WIDTH) for part in ("gate", "up")}
        shapes[f"{at}mlp.down_proj.weight"] = (WIDTH, INNER)
        shapes[f"{at}input_layernorm.weight"] = (WIDTH,)
        shapes[f"{at}post_attention_layernorm.weight"] = (WIDTH,)
    dice = np.random.default_rng(7)
    return {name: dice.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _json(file: Path, content: object) -> None:
    file.write_text(json.dumps(content))
