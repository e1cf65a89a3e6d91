"""The fast forward pass says what BERT says when it is computed token by token."""

import math
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from dailypapers.errors import BadInput
from dailypapers.ranking.corpus.frequencies import Floats, Matrix
from dailypapers.ranking.embeddings.bert import Bert

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
BERT = Bert(WEIGHTS, LAYERS, HEADS, 1e-3)


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


def encoded(texts: list[list[int]]) -> list[Floats]:
    """The states of each text's tokens, padded by something that must not be read."""
    width = max(map(len, texts))
    ids = np.array([[*text, *[WORDS - 1] * (width - len(text))] for text in texts])
    mask = np.array([[1] * len(text) + [0] * (width - len(text)) for text in texts])
    return [states[: len(text)] for states, text in zip(BERT(ids, mask), texts, strict=True)]


def text(tokens: int) -> list[int]:
    return [n * n % WORDS for n in range(tokens)]


def test_states_are_those_of_the_definition() -> None:
    for states, tokens in zip(encoded([text(7), text(1), text(4)]), (7, 1, 4), strict=True):
        assert np.allclose(states, expected(text(tokens)), atol=1e-4)


@pytest.mark.parametrize("others", [[], [3, 5], [799, 2], [850], [300, 300, 300]])
def test_a_text_is_read_alike_whatever_it_is_read_with(others: list[int]) -> None:
    (alone,) = encoded([text(6)])
    assert np.allclose(encoded([*map(text, others), text(6)])[-1], alone, atol=1e-4)
    assert np.allclose(encoded([text(6), *map(text, others)])[0], alone, atol=1e-4)


def test_where_there_is_no_token_zeros_come_back() -> None:
    states = BERT(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 1, 1], [1, 0, 0]]))
    assert states.shape == (2, 3, SIZE)
    assert states.dtype == np.float32
    assert not states[1, 1:].any()
    assert states[0].any(axis=1).all()


def test_the_place_of_a_word_tells() -> None:
    one, other = encoded([[3, 4], [4, 3]])
    assert not np.allclose(one[0], other[1], atol=0.1)


def test_large_scores_do_not_overflow() -> None:
    name = "encoder.layer.0.attention.self.query.weight"
    states = Bert({**WEIGHTS, name: WEIGHTS[name] * 1e4}, LAYERS, HEADS, 1e-3)(
        np.array([text(9)]), np.ones((1, 9), int)
    )
    assert np.isfinite(states).all()


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_a_model_is_read_from_its_folder_under_either_naming(tmp_path: Path, prefix: str) -> None:
    save_file({f"{prefix}{name}": value for name, value in WEIGHTS.items()}, tmp_path / "model.safetensors")
    model = Bert.load(tmp_path, CONFIG)
    assert (model.layers, model.heads, model.epsilon) == (LAYERS, HEADS, 1e-3)
    ids, mask = np.array([text(5)]), np.ones((1, 5), np.int64)
    assert np.array_equal(model(ids, mask), BERT(ids, mask))


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    halves = {name: value.astype(np.float16) for name, value in WEIGHTS.items()}
    save_file(halves, tmp_path / "model.safetensors")
    weights = Bert.load(tmp_path, CONFIG).weights
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("setting", [{"hidden_act": "relu"}, {"position_embedding_type": "relative_key"}])
def test_another_kind_of_model_is_refused_before_it_is_read(tmp_path: Path, setting: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="not a plain BERT"):
        Bert.load(tmp_path, {**CONFIG, **setting})
