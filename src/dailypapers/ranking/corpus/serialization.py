"""Keeping: features and backgrounds as bytes, and back; what is read back is bit by bit what was kept."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.corpus.background import Background, LatentSpace
from dailypapers.ranking.corpus.frequencies import COLUMNS, WIDTH, Vector, count
from dailypapers.ranking.index.inverted import TermFrequencies
from dailypapers.ranking.text.spelling import Vocabulary

_SEPARATOR = " "

Arrays = dict[str, npt.NDArray[Any]]


def pack_counts(keys: Sequence[str], counts: sp.csr_array) -> bytes:
    """Papers' counts with the papers' names."""
    return _packed({"keys": np.array(keys, np.str_), **_sparse("counts", counts)})


def pack_counts_of(papers: Sequence[Paper]) -> bytes:
    """Count papers, and pack that."""
    return pack_counts([str(paper.id) for paper in papers], count(papers))


def unpack_counts(data: bytes) -> tuple[tuple[str, ...], sp.csr_array]:
    """What `pack_counts` packed."""
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    return tuple(str(key) for key in arrays["keys"]), _unsparse("counts", arrays)


def pack_frequencies(counted: TermFrequencies) -> bytes:
    """Papers as a search index takes them."""
    arrays = _sparse("counts", counted.counts) | _sparse("facts", counted.facts)
    return _packed({"keys": np.array(counted.keys, np.str_), **arrays})


def unpack_frequencies(data: bytes) -> TermFrequencies:
    """What `pack_frequencies` packed."""
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    counts, facts = (_bytes(_unsparse(name, arrays, width)) for name, width in (("counts", WIDTH), ("facts", COLUMNS)))
    return TermFrequencies(tuple(str(key) for key in arrays["keys"]), counts, facts)


def _bytes(rows: sp.csr_array) -> sp.csr_array:
    return sp.csr_array((rows.data.astype(np.uint8), rows.indices, rows.indptr), shape=rows.shape)


def assemble_counts(papers: Sequence[Paper], packed: Iterable[bytes]) -> sp.csr_array:
    """Papers' counts in their order: what is kept, and for papers that are in none of it, made now."""
    blocks: list[sp.csr_array] = []
    place: dict[str, int] = {}
    start = 0
    for data in packed:
        keys, counts = unpack_counts(data)
        place.update((key, start + row) for row, key in enumerate(keys))
        blocks.append(counts)
        start += len(keys)
    new = [paper for paper in papers if str(paper.id) not in place]
    place.update((str(paper.id), start + row) for row, paper in enumerate(new))
    whole = sp.csr_array(sp.vstack([*blocks, count(new)]))
    return sp.csr_array(whole[[place[str(paper.id)] for paper in papers]])


def pack_background(background: Background) -> bytes:
    """All but the vectors of an encoder, which are kept paper by paper."""
    arrays = _sparse("counts", background.counts)
    arrays["categories"] = np.array([_SEPARATOR.join(codes) for codes in background.categories], np.str_)
    arrays["vocabulary"] = np.array(_SEPARATOR.join(background.vocabulary.words), np.str_)
    arrays["acronyms"] = np.array([[entry.short, entry.long] for entry in background.acronyms.entries], np.str_)
    if latent := background.latent:
        arrays |= {
            "columns": latent.columns,
            "rarity": latent.rarity,
            # Half precision is half the bytes, and what is ranked with is what was read back.
            "components": latent.components.astype(np.float16),
            "mean": latent.mean,
            "rotation": latent.rotation,
            "variances": latent.variances,
            "library": latent.library.astype(np.float16),
        }
    return _packed(arrays)


def unpack_background(data: bytes) -> Background:
    """What `pack_background` packed."""
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    categories = tuple(tuple(str(codes).split()) for codes in arrays["categories"])
    latent = None
    # Those packed by older versions have no such space, nor what is below.
    if "library" in arrays:
        components, library = np.asarray(arrays["components"], np.float32), arrays["library"].astype(np.float64)
        axes = arrays["mean"], arrays["rotation"], arrays["variances"]
        latent = LatentSpace(arrays["columns"], arrays["rarity"], components, *axes, library)
    words = str(arrays["vocabulary"]).split() if "vocabulary" in arrays else ()
    pairs = arrays["acronyms"].reshape(-1, 2) if "acronyms" in arrays else ()
    return Background(
        _unsparse("counts", arrays),
        categories,
        latent,
        vocabulary=Vocabulary(tuple(words)),
        acronyms=Acronyms(tuple(Acronym(str(short), str(long)) for short, long in pairs)),
    )


def pack_vector(vector: Vector) -> bytes:
    """One paper's vector, in half precision."""
    return np.asarray(vector, np.float16).tobytes()


def unpack_vector(data: bytes) -> Vector:
    """What `pack_vector` packed, of length one again."""
    vector = np.frombuffer(data, np.float16).astype(np.float64)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))


def _packed(arrays: Arrays) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _sparse(name: str, rows: sp.csr_array) -> Arrays:
    return {
        f"{name}.data": np.minimum(rows.data, 255).astype(np.uint8),
        f"{name}.indices": rows.indices.astype(np.int32),
        f"{name}.indptr": rows.indptr.astype(np.int32),
    }


def _unsparse(name: str, arrays: Mapping[str, npt.NDArray[Any]], width: int = WIDTH) -> sp.csr_array:
    indptr = arrays[f"{name}.indptr"]
    data = arrays[f"{name}.data"].astype(np.float32)
    return sp.csr_array((data, arrays[f"{name}.indices"], indptr), shape=(len(indptr) - 1, width))
