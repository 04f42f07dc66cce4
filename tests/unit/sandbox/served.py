"""A sandbox served in a process of its own, as the command line serves it."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.specs import spec_if_any

ROOT = Path(__file__).parents[3]


@dataclass
class Served:
    """Starts, waits for the ready file, stops by SIGTERM. `severa` and `control` are httpx clients."""

    folder: Path
    systems: tuple[str, ...] = ("severa",)
    scale: str = "small"
    seed: int = 7
    rate_limits: bool = False
    ready: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        path = self.folder / "ready.json"
        code = (
            "from pathlib import Path; from sandbox.server import main; "
            f"main({list(self.systems)!r}, {self.scale!r}, {self.seed}, 0, Path({str(path)!r}), {self.rate_limits})"
        )
        self.process = subprocess.Popen([sys.executable, "-W", "error", "-c", code], cwd=ROOT, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not path.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                _, errors = self.process.communicate()
                raise AssertionError(f"the sandbox did not start: {errors.decode()}")
            time.sleep(0.02)
        self.ready = json.loads(path.read_text())
        self.control = httpx.Client(base_url=self.ready["control_url"], timeout=30)
        self.severa = httpx.Client(base_url=self.ready["severa"]["base_url"], timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()
        self.severa.close()
        self.process.terminate()
        _, errors = self.process.communicate(timeout=15)
        assert (self.process.returncode, errors.decode()) == (0, "")

    def token(self, scope: str | None = None) -> dict[str, Any]:
        """Asks for a token; without a scope for all of them."""
        body = {name: self.ready["severa"][name] for name in ("client_id", "client_secret")}
        answer = self.severa.post("/v1/token", json=body if scope is None else {**body, "scope": scope})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sign_in(self, scope: str | None = None) -> None:
        """Puts a token and the client id into every further call to Severa."""
        token = self.token(scope)["access_token"]
        self.severa.headers.update({"Authorization": f"Bearer {token}", "Client_Id": self.ready["severa"]["client_id"]})

    def act(self, action: str, **given: object) -> dict[str, Any]:
        """Does what a person does in Severa."""
        answer = self.control.post(f"/severa/{action}", json=given)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def exchanges(self, **query: Any) -> list[dict[str, Any]]:
        """What was recorded."""
        found: list[dict[str, Any]] = self.control.get("/exchanges", params=query).json()
        return found

    def validate_recorded(self) -> None:
        """Checks what was recorded against Severa's specification, where it is at hand.

        Answers always; requests only where they were taken, for tests ask wrong things on purpose.
        """
        spec = spec_if_any("severa")
        if spec is not None:
            for exchange in self.exchanges(system="severa"):
                spec.validate_answer(exchange)
                if exchange["status"] is not None and exchange["status"] < 400:
                    spec.validate_request(exchange)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """A successful GET of Severa, parsed."""
        answer = self.severa.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def everything(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list with page tokens."""
        rows: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            asked = {"rowCount": 100, **query, **({"pageToken": token} if token else {})}
            answer = self.severa.get(path, params=asked)
            assert answer.status_code == 200, answer.text
            rows += answer.json()
            token = answer.headers.get("NextPageToken")
            if token is None:
                return rows


def operation(path: str, value: object) -> dict[str, object]:
    """A PATCH operation as Severa wants it."""
    return {"op": "Replace", "path": path, "value": value}
