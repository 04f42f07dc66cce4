"""Puts files in place: all of them or none, readable by whom they are meant for, never half-written."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be written. `mode` are its permissions; `replace` false refuses to touch a file that is there."""

    path: Path
    text: str = field(repr=False)
    mode: int = 0o644
    replace: bool = True


def place(files: Sequence[NewFile]) -> None:
    """Writes the files in this order, all or none; what was there before is put back when one fails.

    Raises FileExistsError for a file that may not be replaced, and OSError as it comes.
    """
    before: list[tuple[NewFile, bytes | None, int]] = []
    folders: list[Path] = []
    staged: list[tuple[NewFile, Path]] = []
    try:
        for file in files:
            folders += _make_folder(file.path.parent, private=not file.mode & 0o077)
            staged.append((file, _stage(file.path, file.text.encode("utf-8"), file.mode)))
        for file, temporary in staged:
            before.append((file, *_previous(file.path)))
            if file.replace:
                temporary.replace(file.path)
            else:
                try:
                    file.path.hardlink_to(temporary)
                except FileExistsError:
                    before.pop()
                    raise
    except BaseException:
        for file, content, mode in reversed(before):
            if content is None:
                file.path.unlink(missing_ok=True)
            else:
                _stage(file.path, content, mode).replace(file.path)
        _discard(staged)
        for folder in reversed(folders):
            with contextlib.suppress(OSError):  # somebody else has put something there: then it stays
                folder.rmdir()
        raise
    _discard(staged)


def _discard(staged: Sequence[tuple[NewFile, Path]]) -> None:
    for _, temporary in staged:
        temporary.unlink(missing_ok=True)


def _previous(path: Path) -> tuple[bytes | None, int]:
    try:
        return path.read_bytes(), path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None, 0


def _make_folder(folder: Path, *, private: bool) -> list[Path]:
    """Makes a folder with all above it; those that were made, the outermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    missing.reverse()
    made: list[Path] = []
    for path in missing:
        path.mkdir(mode=0o700 if private and path is missing[-1] else 0o777, exist_ok=True)
        made.append(path)
    return made


def _stage(path: Path, content: bytes, mode: int) -> Path:
    """A complete file beside its final place, on disk before it is moved there."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
