"""Single answers that hardly ever change, kept between runs: a quiet run does not ask for them again."""

from __future__ import annotations

from connectors.ports import RegisterStore


class Remembered:
    """Texts by text, None for what is known not to be there. Without a store they last as long as the object."""

    def __init__(self, kept: RegisterStore | None, name: str) -> None:
        self._kept = kept
        self._name = f"visma_net.{name}"
        self._known: dict[str, str | None] | None = None

    def knows(self, key: str) -> bool:
        """Whether the answer for a key is known."""
        return key in self._all()

    def get(self, key: str) -> str | None:
        """The answer for a key that is known."""
        return self._all()[key]

    def put(self, key: str, value: str | None) -> None:
        """Keep an answer."""
        known = self._all()
        if key not in known or known[key] != value:
            known[key] = value
            if self._kept is not None:
                self._kept.save(self._name, [[each, known[each]] for each in known])

    def _all(self) -> dict[str, str | None]:
        if self._known is None:
            rows = (self._kept.load(self._name) if self._kept is not None else None) or []
            self._known = {str(key): value for key, value in rows}
        return self._known
