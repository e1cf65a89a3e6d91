"""Elements of marked-up text as a tree: names in lower case without their prefix, and texts as they were written."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, and what is inside it."""

    name: str
    children: "list[Node | str]" = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def append(self, text: str) -> None:
        """Add a text; an empty one is none."""
        if text:
            self.children.append(text)

    def elements(self) -> "list[Node]":
        """Give the elements directly inside."""
        return [child for child in self.children if isinstance(child, Node)]


def names(text: str) -> frozenset[str]:
    """Give a set of names that are written with spaces between them."""
    return frozenset(text.split())


def walk(node: Node) -> Iterator[Node]:
    """Give all elements inside, outer ones first."""
    for child in node.elements():
        yield child
        yield from walk(child)


def has(node: Node, name: str) -> bool:
    """Tell whether there is an element of this name inside."""
    return any(inside.name == name for inside in walk(node))


def text_of(node: Node) -> str:
    """Give all texts inside, as they were written."""
    return "".join(child if isinstance(child, str) else text_of(child) for child in node.children)
