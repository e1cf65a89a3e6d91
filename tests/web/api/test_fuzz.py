"""The API does what its description says, called by a program that knows nothing else; `make api-fuzz` calls more."""

import shutil
from pathlib import Path

from tests.web.api.fuzz import call, fill, serving

from dailypapers.store.database import connect


def test_a_real_server_keeps_the_description_s_word(tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "papers.db"
    shutil.copyfile(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    fill(engine)
    with serving(engine) as (base, key, statuses):
        assert call(base, key, seed=1, examples=1, phases="examples") == ""
    engine.dispose()
    assert statuses.total() > 50
    assert {200, 201, 204} <= set(statuses)
