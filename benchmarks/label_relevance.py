"""Puts judgements of drawn (topic, paper) pairs together, and says how far two judges agree.

    python benchmarks/label_relevance.py FOLDER [--name partial]

FOLDER is what `draw_relevance.py` or, for `partial`, `draw_partial.py` wrote, with `judged_NN.tsv` and
`again_judged_NN.tsv` (number and label: 2 about it, 1 touches it, 0 not). Writes `data/NAME.tsv`: topic, paper, window,
band, weight (how many papers of the band the pair stands for), label, and the second judge's label where there is one.
Pairs that nobody has judged are left out. Topics are split in two parts, one to choose on and one held out, in
`data/NAME_topics.tsv`; topics of the kind `seen` gave rise to what is chosen, and are never held out.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
#: Two sets of pairs: those of all kinds of topics, and those of papers that hold a part of a topic.
SETS = ("relevance", "partial")
#: Sentences are judged by other weights; these labels are of `docs/benchmarks.md`, “Sentences”.
SENTENCES = "sentences"
LABELS = ("0", "1", "2")
PARTS = ("choose", "held out")
#: The kind of topics that are never held out.
SEEN = "seen"
COLUMNS = ("topic_id", "paper", "window", "band", "weight", "label", "second_label")


def main() -> None:
    """Write both tables and print the agreement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="relevance", choices=SETS)
    options = parser.parse_args()
    folder, topics_path = options.folder, DATA / f"{options.name}_topics.tsv"
    first = read_labels(folder.glob("judged_*.tsv"))
    second = read_labels(folder.glob("again_judged_*.tsv"))
    pairs = read_rows(folder / "key" / "pairs.tsv")
    judged = [
        {**pair, "label": first[pair["pair"]], "second_label": second.get(pair["pair"], "")}
        for pair in pairs
        if pair["pair"] in first
    ]
    judged.sort(key=lambda row: (row["topic_id"], row["paper"], row["window"]))
    write_rows(DATA / f"{options.name}.tsv", COLUMNS, judged)
    topics = read_rows(topics_path)
    write_rows(topics_path, (*topics[0], *["part"][: "part" not in topics[0]]), split(topics))
    report(pairs, judged)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab-separated file with a heading."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write these columns of rows."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def read_labels(files: Iterable[Path]) -> dict[str, str]:
    """Return the label of each pair. Raises `ValueError` for another label, or a pair that has two."""
    labels: dict[str, str] = {}
    for path in sorted(files):
        for line in path.read_text("utf-8").split("\n"):
            if line.strip():
                number, label = line.split("\t")
                if label not in LABELS or labels.setdefault(number, label) != label:
                    raise ValueError(
                        f"{path.name}: the label {label} of pair {number} is not the only one, or not 0, 1 or 2."
                    )
    return labels


def split(topics: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the topics with their part: every second one of a field and kind, in an arbitrary but fixed order."""
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    for topic in topics:
        groups[topic["field"], topic["kind"]].append(topic)
    ordered = [topic for _, group in sorted(groups.items()) for topic in sorted(group, key=lot)]
    parts = {topic["topic_id"]: PARTS[place % 2] for place, topic in enumerate(ordered)}
    return [{**topic, "part": PARTS[0] if topic["kind"] == SEEN else parts[topic["topic_id"]]} for topic in topics]


def lot(topic: Mapping[str, str]) -> str:
    """Return a fixed, arbitrary place for a topic."""
    return hashlib.sha256(topic["topic_id"].encode()).hexdigest()


def report(pairs: Sequence[Mapping[str, str]], judged: Sequence[Mapping[str, str]]) -> None:
    """Print how many pairs there are of each label and band, and the agreement."""
    topics = {row["topic_id"] for row in judged}
    print(f"{len(judged)} of {len(pairs)} pairs of {len(topics)} topics are judged")
    for name in ("all", *dict.fromkeys(row["band"] for row in judged)):
        labels = [row["label"] for row in judged if name in {"all", row["band"]}]
        print(f"{name:<8}{len(labels):>6}" + "".join(f"{labels.count(label):>6}" for label in reversed(LABELS)))
    both = [(int(row["label"]), int(row["second_label"])) for row in judged if row["second_label"]]
    if not both:
        return
    same = sum(one == other for one, other in both) / len(both)
    print(f"{len(both)} judged twice: the same label {same:.3f}, κ {kappa(both, unweighted):.3f}, ", end="")
    print(f"linearly weighted κ {kappa(both, linear):.3f}, about it or not κ {kappa(both, about):.3f}")
    for one in range(len(LABELS) - 1, -1, -1):
        print(f"first {one}: second 2, 1, 0: {[both.count((one, other)) for other in (2, 1, 0)]}")


def unweighted(one: int, other: int) -> float:
    """Return 1 for two labels that differ."""
    return float(one != other)


def linear(one: int, other: int) -> float:
    """Return how far two labels differ, 1 for the farthest."""
    return abs(one - other) / (len(LABELS) - 1)


def about(one: int, other: int) -> float:
    """Return 1 where only one of two labels is “about it”."""
    return float((one == 2) != (other == 2))


def kappa(both: Sequence[tuple[int, int]], distance: Callable[[int, int], float]) -> float:
    """Return Cohen's κ of two judges' labels: 1 less observed over expected disagreement (Cohen 1960, 1968)."""
    observed = sum(distance(one, other) for one, other in both) / len(both)
    expected = sum(distance(one, other) for one, _ in both for _, other in both) / len(both) ** 2
    return 1 - observed / expected if expected else 1.0


if __name__ == "__main__":
    main()
