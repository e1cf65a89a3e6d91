"""A comment: what a member says to their group by answering its mail, of one of its papers or of none."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dailypapers.domain.paper import Paper

#: Characters of a comment: a paragraph or three; longer texts are not read in a digest.
LONGEST_COMMENT = 1_000
#: Comments of one member in a day: a talk, and an end to a program that answers.
MOST_COMMENTS_A_DAY = 20
_ABOUT = re.compile(r"[#(]?(\d{1,2})\s?[:：](?!\d)\s{0,9}")


@dataclass(frozen=True, slots=True)
class Comment:
    """What a member wrote."""

    id: int
    subscriber: int
    #: Paragraphs, an empty line between them.
    text: str
    #: The paper it is about; `None` where it is to the group.
    paper_id: int | None
    written_at: dt.datetime


@dataclass(frozen=True, slots=True)
class CommentEntry:
    """A comment with all that is shown of it."""

    id: int
    #: Empty where its author does not show a name.
    name: str
    text: str
    paper: Paper | None = None

    @property
    def paragraphs(self) -> list[str]:
        """Return the text as it is shown."""
        return self.text.split("\n\n")


def numbered_parts(text: str) -> list[tuple[int, str]]:
    """Return what somebody wrote, part by part: the number each begins with, as in “3: …”, and what it says.

    What stands before any number has none, which is 0. Lines that a mail program broke are put together.
    """
    parts: list[tuple[int, list[str]]] = [(0, [])]
    for line in text.splitlines():
        about = _ABOUT.match(line.strip())
        if about:
            parts.append((int(about[1]), []))
        parts[-1][1].append(line.strip()[about.end() if about else 0 :])
    return [(number, "\n\n".join(paragraphs)) for number, lines in parts if (paragraphs := list(_paragraphs(lines)))]


def _paragraphs(lines: list[str]) -> Iterator[str]:
    for paragraph in "\n".join(lines).split("\n\n"):
        if words := " ".join(paragraph.split()):
            yield words


def without_digest(text: str, group: str) -> str:
    """Return what stands above a copy of the group's own mail, which some programs quote without any mark."""
    name, lines = group.upper(), text.splitlines()
    heads = (line.strip().upper() for line in lines)
    end = next((n for n, head in enumerate(heads) if head == name or head.startswith(f"{name} · ")), len(lines))
    return "\n".join(lines[:end])
