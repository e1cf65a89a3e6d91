"""Papers and topics become the same terms, however they are written."""

from dailypapers.ranking.text.words import fold, plain_words, terms, words


def test_a_saying_is_no_match_for_its_parts() -> None:
    assert "state" not in terms("the state-of-the-art")
    assert terms("State-space models") == ["state", "space", "model", "state space", "space model"]
    assert "graph learning" in terms("graphs, and then learning")


def test_a_word_is_compared_in_lower_case_singular_and_without_accents() -> None:
    assert [fold(word) for word in ("Graphs", "École", "CO₂", "loss", "corpus", "gas")] == [
        "graph", "ecole", "co2", "loss", "corpus", "gas",
    ]  # fmt: skip


def test_words_keep_their_order_and_say_whether_they_follow_on() -> None:
    assert list(words("Deep nets, deeply")) == [("Deep", False), ("nets", True), ("deeply", False)]
    assert plain_words("State-space models") == ["state", "space", "model"]
