"""The graph says what BERT says when it is computed token by token; rounded, almost."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file

from dailypapers.errors import BadInput
from dailypapers.ranking.corpus.frequencies import Floats, Matrix
from dailypapers.ranking.embeddings import bert
from dailypapers.ranking.embeddings.models import OnnxNetwork

WORDS, PLACES, SIZE, INNER, LAYERS, HEADS = 30, 900, 8, 12, 2, 2
CONFIG = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "layer_norm_eps": 1e-3}


def made_up() -> dict[str, Floats]:
    """Weights as large as those of a trained model, the same in every run."""
    shapes = {
        "embeddings.word_embeddings.weight": (WORDS, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE),
        "embeddings.position_embeddings.weight": (PLACES, SIZE),
        "embeddings.LayerNorm.weight": (SIZE,),
        "embeddings.LayerNorm.bias": (SIZE,),
    }
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        for name, rows, columns in (
            *((f"attention.self.{part}", SIZE, SIZE) for part in ("query", "key", "value")),
            ("attention.output.dense", SIZE, SIZE),
            ("intermediate.dense", INNER, SIZE),
            ("output.dense", SIZE, INNER),
        ):
            shapes |= {f"{layer}.{name}.weight": (rows, columns), f"{layer}.{name}.bias": (rows,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}.{name}.weight": (SIZE,), f"{layer}.{name}.bias": (SIZE,)}
    chance = np.random.default_rng(7)
    return {name: chance.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


WEIGHTS = made_up()


def expected(ids: list[int]) -> Matrix:
    """One text, as the paper defines it, in double precision."""
    weights = {name: value.astype(np.float64) for name, value in WEIGHTS.items()}

    def linear(states: Matrix, name: str) -> Matrix:
        return np.asarray(states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])

    def norm(states: Matrix, name: str) -> Matrix:
        mean, variance = states.mean(axis=1, keepdims=True), states.var(axis=1, keepdims=True)
        even = (states - mean) / np.sqrt(variance + 1e-3)
        return np.asarray(even * weights[f"{name}.weight"] + weights[f"{name}.bias"])

    words, kinds, places = (
        weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "token_type", "position")
    )
    states = norm(words[ids] + kinds[0] + places[: len(ids)], "embeddings.LayerNorm")
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        query, key, value = (linear(states, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        heads = []
        for head in np.split(np.arange(SIZE), HEADS):
            odds = np.exp(query[:, head] @ key[:, head].T / math.sqrt(len(head)))
            heads.append(odds / odds.sum(axis=1, keepdims=True) @ value[:, head])
        seen = linear(np.concatenate(heads, axis=1), f"{layer}.attention.output.dense")
        states = norm(states + seen, f"{layer}.attention.output.LayerNorm")
        inner = linear(states, f"{layer}.intermediate.dense")
        gelu = inner * np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)(inner)
        states = norm(states + linear(gelu, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return states


def network(
    folder: Path, weights: Mapping[str, npt.NDArray[np.floating]] = WEIGHTS, *, is_rounded: bool = False
) -> OnnxNetwork:
    """The network of these weights, by way of a folder as models come in."""
    save_file(dict(weights), folder / "model.safetensors")
    return OnnxNetwork(bert.graph(folder, CONFIG, is_rounded=is_rounded))


def text(tokens: int) -> list[int]:
    return [n * n % WORDS for n in range(tokens)]


@pytest.mark.parametrize("tokens", [1, 2, 7, 300])
def test_states_are_those_of_the_definition(tmp_path: Path, tokens: int) -> None:
    states = network(tmp_path)(np.array(text(tokens)))
    assert states.shape == (tokens, SIZE)
    assert states.dtype == np.float32
    assert np.allclose(states, expected(text(tokens)), atol=1e-4)


def test_rounded_weights_point_almost_where_their_own_do(tmp_path: Path) -> None:
    states, exact = network(tmp_path, is_rounded=True)(np.array(text(7))), expected(text(7))
    cosines = (states * exact).sum(axis=1) / np.linalg.norm(states, axis=1) / np.linalg.norm(exact, axis=1)
    assert not np.array_equal(states, exact)
    assert cosines.min() > 0.98


def test_rounded_weights_times_their_scale_are_as_near_as_sixty_three_steps_allow() -> None:
    weights = np.array([[1.0, -0.5, 0], [0.25, 100, 0]], np.float32)
    rounded, scale = bert._rounded(weights)  # noqa: SLF001 - what goes into the graph
    assert rounded.dtype == np.int8
    assert np.abs(rounded).max() == 63
    assert np.all(np.abs(rounded * scale - weights) <= np.abs(weights).max(axis=0) / 126 + 1e-6)


def test_the_place_of_a_word_tells(tmp_path: Path) -> None:
    run = network(tmp_path)
    assert not np.allclose(run(np.array([3, 4]))[0], run(np.array([4, 3]))[1], atol=0.1)


def test_large_scores_do_not_overflow(tmp_path: Path) -> None:
    name = "encoder.layer.0.attention.self.query.weight"
    run = network(tmp_path, {**WEIGHTS, name: WEIGHTS[name] * 1e4}, is_rounded=True)
    assert np.isfinite(run(np.array(text(9)))).all()


def test_a_column_of_zeros_stays_one(tmp_path: Path) -> None:
    name = "encoder.layer.1.output.dense.weight"
    run = network(tmp_path, {**WEIGHTS, name: np.zeros_like(WEIGHTS[name])}, is_rounded=True)
    assert np.isfinite(run(np.array(text(3)))).all()


def test_a_model_is_read_under_either_naming(tmp_path: Path) -> None:
    plain = network(tmp_path)(np.array(text(5)))
    prefixed = network(tmp_path, {f"bert.{name}": value for name, value in WEIGHTS.items()})
    assert np.array_equal(prefixed(np.array(text(5))), plain)


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    halves = {name: value.astype(np.float16) for name, value in WEIGHTS.items()}
    assert np.allclose(network(tmp_path, halves)(np.array(text(5))), expected(text(5)), atol=0.05)


@pytest.mark.parametrize("setting", [{"hidden_act": "relu"}, {"position_embedding_type": "relative_key"}])
def test_another_kind_of_model_is_refused_before_it_is_read(tmp_path: Path, setting: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="not a plain BERT"):
        bert.graph(tmp_path, {**CONFIG, **setting})
