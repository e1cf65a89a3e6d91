"""Interests by the API: each has a name of its own, is added once, and goes when it is removed."""

from tests.web.api.conftest import Program


async def test_an_interest_is_added_listed_and_removed(program: Program) -> None:
    ann = await program.add(state="active", interests=[{"kind": "topic", "text": "graphs"}])
    path = f"/subscribers/{ann['id']}/interests"
    added = await program.ask("POST", path, 201, json={"kind": "paper", "text": "https://arxiv.org/abs/2408.01234v2"})
    assert added.json()["text"] == "arxiv:2408.01234"
    again = await program.post(path, {"kind": "paper", "text": "2408.01234"})
    assert again == added.json()
    avoided = await program.post(path, {"kind": "topic", "text": " graphs ", "stance": "avoid"}, 201)
    listed = (await program.get(path))["items"]
    assert {(each["kind"], each["stance"], each["text"]) for each in listed} == {
        ("topic", "want", "graphs"),
        ("topic", "avoid", "graphs"),
        ("paper", "want", "arxiv:2408.01234"),
    }
    await program.ask("DELETE", f"{path}/{avoided['id']}", 204)
    await program.ask("DELETE", f"{path}/{avoided['id']}", 404)
    await program.ask("DELETE", added.headers["location"].removeprefix("http://pages/api/v1"), 204)
    assert [each["text"] for each in (await program.get(path))["items"]] == ["graphs"]
    assert [action for action, _ in program.noted()] == ["subscriber added", *["subscriber changed"] * 4]


async def test_a_text_is_kept_composed(program: Program) -> None:
    ann = await program.add(state="active", interests=[{"kind": "topic", "text": "Scho\u0308n bosons"}])
    path = f"/subscribers/{ann['id']}/interests"
    await program.post(path, {"kind": "topic", "text": "Sch\u00f6n\u00a0bosons"})
    assert [each["text"] for each in (await program.get(path))["items"]] == ["Sch\u00f6n bosons"]


async def test_there_are_no_more_topics_than_count(program: Program) -> None:
    topics = [{"kind": "topic", "text": f"topic {number}"} for number in range(40)]
    ann = await program.add(state="active", interests=topics)
    path = f"/subscribers/{ann['id']}/interests"
    refused = await program.post(path, {"kind": "topic", "text": "one more"}, 422)
    assert refused["detail"] == "A subscriber can have at most 40 interests of the kind topic."
    assert (await program.post(path, {"kind": "topic", "text": "topic 3"}))["text"] == "topic 3"
    await program.post(path, {"kind": "topic", "text": "\u00a0"}, 422)
