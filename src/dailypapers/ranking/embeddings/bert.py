"""BERT (Devlin et al. 2019), forward only, by matrix products alone: an encoder needs no more than this of torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dailypapers.errors import BadInput
from dailypapers.ranking.corpus.frequencies import Floats

Ids = npt.NDArray[np.int64]

#: So many tokens go through the layers at a time.
_TOKENS = 800
#: So many rows of the widest layer go through its activation at a time: with all in between, they stay in the cache.
_ROWS = 16
#: The polynomial of Abramowitz & Stegun 7.1.26 for 1 - erf(x / √2), highest power first.
_ERF = tuple(map(np.float32, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)))
_ERF_STEP = np.float32(0.3275911 * 2**-0.5)


@dataclass(frozen=True)
class Bert:
    """The weights by their usual names, and the sizes that are not in them."""

    weights: Mapping[str, Floats]
    layers: int
    heads: int
    epsilon: float

    @classmethod
    def load(cls, folder: Path, config: Mapping[str, Any]) -> Self:
        """Read model.safetensors. Raises `BadInput` where the model is no plain BERT or a library is missing."""
        if (
            config.get("hidden_act", "gelu") != "gelu"
            or config.get("position_embedding_type", "absolute") != "absolute"
        ):
            raise BadInput(
                f"The model in {folder} is not a plain BERT: its activation or position embeddings are of another kind."
            )
        try:
            from safetensors.numpy import load_file  # noqa: PLC0415 - comes with the extra `dense`
        except ModuleNotFoundError:
            raise BadInput("A model needs two more libraries: pip install 'dailypapers[dense]'.") from None
        held = load_file(folder / "model.safetensors")
        weights = {name.removeprefix("bert."): np.asarray(value, np.float32) for name, value in held.items()}
        epsilon = float(config.get("layer_norm_eps", 1e-12))
        return cls(weights, int(config["num_hidden_layers"]), int(config["num_attention_heads"]), epsilon)

    def __call__(self, ids: Ids, mask: Ids) -> Floats:
        """Texts × tokens → texts × tokens × dimensions; where the mask is 0 there is no token, and zeros come back.

        A few texts go through all layers at a time, without padding, so that what they need stays in the cache.
        """
        lengths = mask.sum(axis=1)
        states = np.zeros((*ids.shape, len(self.weights["embeddings.LayerNorm.bias"])), np.float32)
        for group in _groups(lengths):
            ends = np.cumsum(lengths[group])
            told = self._read(np.concatenate([ids[text, : lengths[text]] for text in group]), ends)
            for text, found in zip(group, np.split(told, ends[:-1]), strict=True):
                states[text, : lengths[text]] = found
        return states

    def _read(self, ids: Ids, ends: Ids) -> Floats:
        """Tokens of texts that end at `ends` → tokens × dimensions."""
        known = self.weights
        places = np.arange(len(ids)) - np.repeat([0, *ends[:-1]], np.diff(ends, prepend=0))
        states = known["embeddings.word_embeddings.weight"][ids] + known["embeddings.token_type_embeddings.weight"][0]
        states += known["embeddings.position_embeddings.weight"][places]
        states = self._norm(states, "embeddings.LayerNorm")
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            seen = self._linear(
                self._attend(states, ends, f"{layer}.attention.self"), f"{layer}.attention.output.dense"
            )
            states = self._norm(states + seen, f"{layer}.attention.output.LayerNorm")
            inner = _gelu(self._linear(states, f"{layer}.intermediate.dense"))
            states = self._norm(states + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return states

    def _attend(self, states: Floats, ends: Ids, name: str) -> Floats:
        asked, offered, told = (self._linear(states, f"{name}.{part}") for part in ("query", "key", "value"))
        asked *= np.float32((states.shape[1] // self.heads) ** -0.5)
        return np.concatenate(
            [
                self._seen(*parts)
                for parts in zip(*(np.split(all_, ends[:-1]) for all_ in (asked, offered, told)), strict=True)
            ]
        )

    def _seen(self, asked: Floats, offered: Floats, told: Floats) -> Floats:
        """What each token of one text takes from all of them: tokens × dimensions.

        Head by head, so that the scores of one stay in the cache.
        """
        tokens = len(asked)
        seen, scores = np.empty_like(asked), np.empty((tokens, tokens), np.float32)
        ones = np.ones(tokens, np.float32)
        for head in np.split(np.arange(asked.shape[1]), self.heads):
            columns = slice(head[0], head[-1] + 1)
            np.matmul(asked[:, columns], offered[:, columns].T, out=scores)
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            seen[:, columns] = (scores @ told[:, columns]) / (scores @ ones)[:, None]
        return seen

    def _linear(self, states: Floats, name: str) -> Floats:
        return np.asarray(states @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"])

    def _norm(self, states: Floats, name: str) -> Floats:
        away = states - states.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((away**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        return np.asarray(away / deviation * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])


def _groups(lengths: Ids) -> list[Ids]:
    """Neighbouring texts of so many tokens together, at least one text each."""
    group = np.cumsum(lengths) // _TOKENS
    return np.split(np.arange(len(lengths)), np.flatnonzero(np.diff(group)) + 1)


def _gelu(x: Floats) -> Floats:
    """Give x Φ(x) in the place of x, a few rows at a time, so that what is between stays in the cache.

    Φ is that of Abramowitz & Stegun 7.1.26: wrong by 1.5e-7 at most, and four times as fast as erf.
    """
    t, tail, power = (np.empty((_ROWS, x.shape[1]), np.float32) for _ in range(3))
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS]
        _gelu_of_rows(rows, t[: len(rows)], tail[: len(rows)], power[: len(rows)])
    return x


def _gelu_of_rows(x: Floats, t: Floats, tail: Floats, power: Floats) -> None:
    np.abs(x, out=power)
    np.multiply(power, _ERF_STEP, out=t)
    t += 1
    np.reciprocal(t, out=t)
    np.multiply(t, _ERF[0], out=tail)
    for factor in _ERF[1:]:
        tail += factor
        tail *= t
    tail *= power
    np.multiply(x, x, out=power)
    power *= np.float32(-0.5)
    np.exp(power, out=power)
    tail *= power
    tail *= np.float32(0.5)
    np.maximum(x, 0, out=x)
    x -= tail
