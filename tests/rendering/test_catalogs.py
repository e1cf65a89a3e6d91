"""Every language has all sentences that readers see, each with what is filled in, and with its own plurals."""

import re
from collections import Counter
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from tests.messages import CATALOGS, TEMPLATE
from tests.pseudo import for_operators

LANGUAGES = sorted(path.parts[-3] for path in CATALOGS)
#: What a translation may not lose or gain: values, tags, entities, and a percent sign that formatting would stumble on.
_KEPT = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|<[^>]*>|&#?\w+;|%")
#: Share of all messages, of which those for operators may wait for a translator.
_COMPLETE = 0.98
#: Counts that show every plural there is.
_COUNTS = range(1001)


@pytest.fixture(scope="module", params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return _read(next(path for path in CATALOGS if path.parts[-3] == request.param), request.param)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return _read(TEMPLATE)


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def test_readers_see_nothing_in_english(catalog: Catalog, template: Catalog) -> None:
    missing = {_one(message) for message in template if message.id and not _is_translated(catalog, message)}
    assert missing - for_operators(template) == set(), "python -m tests.messages, then translate what is empty"
    assert len(missing) <= (1 - _COMPLETE) * len(template)


def test_values_and_tags_are_kept(catalog: Catalog, template: Catalog) -> None:
    forms = _forms(catalog)
    for message in template:
        ours = catalog.get(message.id, message.context)
        if not message.id or ours is None or not ours.string:
            continue
        english, said = _all(message.id), _all(ours.string)
        for n, sentence in enumerate(said):
            # “One paper” needs no number where a form is for one alone.
            allowed = english if forms.get(n) == {1} else english[-1:]
            assert _kept(sentence) in map(_kept, allowed), (english, sentence)
            assert sentence.strip() == sentence, (english, sentence)


def test_plurals_are_those_of_the_language(catalog: Catalog) -> None:
    assert catalog.locale is not None
    forms = _forms(Catalog(locale=catalog.locale))
    assert _forms(catalog) == forms, Catalog(locale=catalog.locale).plural_forms
    for message in catalog:
        said = _all(message.string)
        if message.pluralizable and any(said):
            assert len(said) == len(forms), message.id
            assert all(said), message.id


def _is_translated(catalog: Catalog, message: Message) -> bool:
    ours = catalog.get(message.id, message.context)
    return ours is not None and not ours.fuzzy and all(_all(ours.string))


def _forms(catalog: Catalog) -> dict[int, set[int]]:
    """Return the counts that each form of a plural is for."""
    form_of = c2py(catalog.plural_expr)
    forms: dict[int, set[int]] = {}
    for count in _COUNTS:
        forms.setdefault(form_of(count), set()).add(count)
    return forms


def _kept(sentence: str) -> Counter[str]:
    return Counter(_KEPT.findall(sentence))


def _one(message: Message) -> str:
    return _all(message.id)[0]


def _all(sentences: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return list(sentences) if isinstance(sentences, list | tuple) else [sentences or ""]
