from dailypapers.sources.parsing.elements import Node, has, names, text_of, walk


def test_a_tree_is_walked_and_read() -> None:
    root = Node("")
    inner = Node("b", ["two"])
    root.append("one ")
    root.append("")
    root.children.append(Node("i", [inner, " three"]))
    assert [node.name for node in walk(root)] == ["i", "b"]
    assert (has(root, "b"), has(root, "sup")) == (True, False)
    assert text_of(root) == "one two three"
    assert len(root.children) == 2


def test_names_are_written_with_spaces_between_them() -> None:
    assert names("a b  c") == {"a", "b", "c"}
