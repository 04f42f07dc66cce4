"""Segmented keys and number sequences: how long numbers are, and who gives them (contract, section 14)."""

from dataclasses import dataclass, field

from sandbox.visma_net.errors import RefusedError


@dataclass
class Key:
    """A segmented key with one segment (Segmented keys, CS202000).

    `exact`: shorter values are refused too. `values`: with `validate` only these are allowed.
    """

    id: str
    description: str
    length: int
    is_auto_number: bool = False
    exact: bool = False
    validate: bool = False
    values: dict[str, str] = field(default_factory=dict)
    modified: str = ""
    guid: str = ""

    def check(self, value: str) -> None:
        """Refused (400) when the value does not fit the key."""
        if not value.strip():
            raise RefusedError.business(f"'{self.description}' cannot be empty.")
        if len(value) > self.length or (self.exact and len(value) < self.length):
            raise RefusedError.business(
                f"The value '{value}' does not fit the segmented key {self.id}, whose length is {self.length}."
            )
        if self.validate and value not in self.values:
            raise RefusedError.unknown(f"Segment value of {self.id}", value)


@dataclass
class Sequence:
    """A number sequence (Numbering sequences, CS201010) of one branch or of all."""

    id: str
    description: str
    start: int
    end: int
    warn: int
    last: int
    prefix: str = ""
    manual: bool = False

    def next(self) -> str:
        """The next number. Refused (400) at the end of the sequence."""
        if self.last >= self.end:
            raise RefusedError.business(f"The number sequence {self.id} has no numbers left.")
        self.last += 1
        return f"{self.prefix}{self.last}"

    def meet(self, number: int) -> None:
        """Goes on after a number that was given by hand."""
        self.last = max(self.last, number)
