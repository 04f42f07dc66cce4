"""Files are put in place all together or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenants.files import NewFile, place


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_all_files_stand_with_their_permissions(tmp_path: Path) -> None:
    place([NewFile(tmp_path / "a" / "b" / "secret", "s", mode=0o600), NewFile(tmp_path / "c.yaml", "c", replace=False)])
    assert contents(tmp_path) == {"a/b/secret": "s", "c.yaml": "c"}
    assert (tmp_path / "a/b/secret").stat().st_mode & 0o777 == 0o600


def test_when_one_may_not_be_replaced_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "known").write_text("before", encoding="utf-8")
    files = [
        NewFile(tmp_path / "known", "after"),
        NewFile(tmp_path / "new" / "secret", "s", mode=0o600),
        NewFile(tmp_path / "c.yaml", "theirs", replace=False),
    ]
    with pytest.raises(FileExistsError):
        place(files)
    assert contents(tmp_path) == {"c.yaml": "mine", "known": "before"}
    assert not (tmp_path / "new").exists()


def test_when_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="taken"):
        place([NewFile(tmp_path / "s" / "secret", "s", mode=0o600), NewFile(tmp_path / "taken", "y")])
    with pytest.raises(OSError, match="file"):
        place([NewFile(tmp_path / "s" / "secret", "s", mode=0o600), NewFile(tmp_path / "file" / "below", "y")])
    assert contents(tmp_path) == {"file": "x"}
    assert not (tmp_path / "s").exists()


def test_a_file_that_was_there_keeps_its_permissions_when_put_back(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("before", encoding="utf-8")
    (tmp_path / "secret").chmod(0o640)
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        place([NewFile(tmp_path / "secret", "after", mode=0o600), NewFile(tmp_path / "taken", "y")])
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "before"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o640


def test_a_secret_is_not_shown_by_accident(tmp_path: Path) -> None:
    """Law 9."""
    assert "s3cret" not in repr(NewFile(tmp_path / "x", "s3cret"))
