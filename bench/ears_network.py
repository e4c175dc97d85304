"""The network of `flows.hearing.sentence_vectors` once more, in torch, so that it can be learnt."""

import torch
from torch.nn import functional

from flows.hearing.sentence_vectors import HEADS, WIDTH

DENSE = ("attention.self.query", "attention.self.key", "attention.self.value",
         "attention.output.dense", "intermediate.dense", "output.dense")  # fmt: skip
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
DROPOUT = 0.15

Parameters = dict[str, torch.Tensor]


def starting_point(weights: Parameters, layers: int, rank: int, flags: int) -> Parameters:
    """Everything that is learnt: narrow matrices that add nothing yet, biases, norms, and the head."""
    learnt: Parameters = {}
    norms = ["embeddings.LayerNorm"]
    for number in range(layers):
        at = f"encoder.layer.{number}."
        norms += [at + name for name in NORMS]
        for name in (at + name for name in DENSE):
            outputs, inputs = weights[f"{name}.weight"].shape
            learnt[f"{name}.down"] = torch.randn(inputs, rank) / inputs**0.5
            learnt[f"{name}.up"] = torch.zeros(rank, outputs)
            learnt[f"{name}.bias"] = weights[f"{name}.bias"].clone()
    for name in norms:
        learnt |= {f"{name}.{part}": weights[f"{name}.{part}"].clone() for part in ("weight", "bias")}
    learnt["head.weights"] = torch.randn(WIDTH, flags) * 0.02
    learnt["head.bias"] = torch.full((flags,), -3.0)
    return {name: one.requires_grad_() for name, one in learnt.items()}


def log_odds(
    weights: Parameters,
    learnt: Parameters,
    layers: int,
    ids: torch.Tensor,
    mask: torch.Tensor,
    training: bool,
) -> torch.Tensor:
    """(pieces, flags) for token ``ids`` (pieces, tokens); ``mask`` is 1 where there is a token."""
    count, length = ids.shape

    def norm(state: torch.Tensor, name: str) -> torch.Tensor:
        return functional.layer_norm(state, (WIDTH,), learnt[f"{name}.weight"], learnt[f"{name}.bias"], 1e-12)

    def dense(state: torch.Tensor, name: str) -> torch.Tensor:
        plain = functional.linear(state, weights[f"{name}.weight"], learnt[f"{name}.bias"])
        return plain + state @ learnt[f"{name}.down"] @ learnt[f"{name}.up"]

    def drop(state: torch.Tensor) -> torch.Tensor:
        return functional.dropout(state, DROPOUT, training)

    places = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    state = drop(
        norm(weights["embeddings.word_embeddings.weight"][ids] + places[:length], "embeddings.LayerNorm")
    )
    for number in range(layers):
        at = f"encoder.layer.{number}."
        query, key, value = (
            dense(state, at + name).view(count, length, HEADS, WIDTH // HEADS).transpose(1, 2)
            for name in DENSE[:3]
        )
        looked = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask[:, None, None, :].bool()
        )
        looked = looked.transpose(1, 2).reshape(count, length, WIDTH)
        state = norm(state + drop(dense(looked, at + DENSE[3])), at + NORMS[0])
        wide = functional.gelu(dense(state, at + DENSE[4]), approximate="tanh")
        state = norm(state + drop(dense(wide, at + DENSE[5])), at + NORMS[1])
    mean = (state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return drop(mean) @ learnt["head.weights"] + learnt["head.bias"]
