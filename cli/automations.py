"""Prefect automations of ours: who is told when runs fail, come late, or leave open issues.

They are made for runs of deployments with the tag `severa-sync`; the server itself does the telling, so that it works
when no worker is up. Ours are known by a tag of their own. Nobody else's is read, changed or removed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import AutomationCore, CallWebhook, EventTrigger, Posture, ResourceSpecification
from prefect.automations import SendNotification as SendMail
from prefect.client.orchestration import PrefectClient, get_client

from cli.telling import MAIL, WEBHOOK, Place, document, put
from flows.deployments import TAG

OURS = "severa-sync.automation"
"""Tag of the automations that are made here."""
PER_TENANT = frozenset({"related:deployment:prefect.resource.name"})
"""A deployment is called as its tenant."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One automation: on which states of a run it tells, and how seldom for the same tenant, or for all together."""

    slug: str
    name: str
    about: str
    states: tuple[str, ...]
    pause: timedelta
    words: str
    per_tenant: bool = True

    @property
    def trigger(self) -> EventTrigger:
        """Fires at once, and then not again before the pause is over."""
        return EventTrigger(
            expect={f"prefect.flow-run.{state}" for state in self.states},
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            # A job inside a cycle is a run of its own, which has no deployment: the cycle tells for it.
            match_related=[
                ResourceSpecification({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"}),
                ResourceSpecification({"prefect.resource.role": "deployment"}),
            ],
            for_each=set(PER_TENANT) if self.per_tenant else set(),
            posture=Posture.Reactive,
            threshold=1,
            within=self.pause,
        )


KINDS = (
    Kind(
        "failed",
        "severa-sync: failed runs",
        "A run failed, crashed or took too long. Told at once, and for the same tenant again after an hour.",
        ("Failed", "Crashed", "TimedOut"),
        timedelta(hours=1),
        "{{ deployment.name }}: the run '{{ flow_run.name }}' ended as {{ flow_run.state.name }}.",
    ),
    Kind(
        "late",
        "severa-sync: late runs",
        "A run has not begun in time. Told at once, and again after 15 minutes, whichever tenants are late.",
        ("Late",),
        timedelta(minutes=15),
        "{{ deployment.name }}: the run '{{ flow_run.name }}' is late. Is a worker up, and does it keep up?",
        per_tenant=False,
    ),
    Kind(
        "issues",
        "severa-sync: open issues",
        "A run ended with open issues. Told at once, and for the same tenant again after a day.",
        ("Completed with issues",),
        timedelta(days=1),
        "{{ deployment.name }}: the run '{{ flow_run.name }}' left open issues. "
        "They are listed by: severa-sync issues {{ deployment.name }}",
    ),
)
SUBJECT = "Severa sync, {{ deployment.name }}: {{ flow_run.state.name }}"
_ENDING = "{{ flow_run.state.message or '' }}\n\n{{ flow_run|ui_url or '' }}\n"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one automation. `action` is created, updated, unchanged or removed; `note` is for people."""

    automation: str
    action: str
    note: str = ""

    def as_dict(self) -> dict[str, str]:
        """For programs."""
        return {"automation": self.automation, "action": self.action} | ({"note": self.note} if self.note else {})


async def install(wanted: Sequence[Place], *, prune: bool, dry_run: bool) -> list[Change]:
    """Make and update our automations, which tell in all these places; none of them without a place.

    With `prune`, those that are not wanted are removed, and their blocks.
    """
    async with get_client() as client:
        held = await _held(client)
        ids, changed = await put(client, wanted, dry_run=dry_run)
        changes = [
            await _put(client, _automation(kind, ids), held, changed=changed, dry_run=dry_run)
            for kind in (KINDS if wanted else ())
        ]
        if prune:
            changes += await _prune(client, held, {change.automation for change in changes}, ids, dry_run=dry_run)
        return changes


async def _put(
    client: PrefectClient, wanted: AutomationCore, held: Sequence[dict[str, Any]], *, changed: bool, dry_run: bool
) -> Change:
    """One automation. One that a person switched off stays so."""
    there = next((each for each in held if each["name"] == wanted.name), None)
    if there is None:
        if not dry_run:
            await client.create_automation(wanted)
        return Change(wanted.name, "created")
    note = "" if there["enabled"] else "it is switched off and stays so"
    wanted = wanted.model_copy(update={"enabled": there["enabled"]})
    if AutomationCore.model_validate(there) == wanted:
        return Change(wanted.name, "updated" if changed else "unchanged", note)
    if not dry_run:
        body = wanted.model_dump(mode="json", exclude={"owner_resource"})
        await client.request("PUT", "/automations/{id}", path_params={"id": there["id"]}, json=body)
    return Change(wanted.name, "updated", note)


async def _prune(
    client: PrefectClient, held: Sequence[dict[str, Any]], kept: set[str], ids: dict[str, UUID], *, dry_run: bool
) -> list[Change]:
    seen: set[str] = set()
    going = []
    for each in held:
        if each["name"] not in kept or each["name"] in seen:  # a copy of ours, made in the UI, has our tag, too
            going.append(each)
        seen.add(each["name"])
    if not dry_run:
        for each in going:
            await client.delete_automation(UUID(each["id"]))
        for name in {WEBHOOK, MAIL} - set(ids):
            block = await document(client, name)
            if block is not None:
                await client.delete_block_document(block[0])
    return [Change(each["name"], "removed") for each in going]


async def _held(client: PrefectClient) -> list[dict[str, Any]]:
    """Our automations as the server holds them."""
    wish = {"automations": {"tags": {"all_": [OURS]}}, "sort": "CREATED_DESC"}
    found: list[dict[str, Any]] = (await client.request("POST", "/automations/filter", json=wish)).json()
    return found[::-1]


def _automation(kind: Kind, blocks: dict[str, UUID]) -> AutomationCore:
    actions: list[CallWebhook | SendMail] = []
    if MAIL in blocks:
        body = f"{kind.words}\n\n{_ENDING}"
        actions.append(SendMail(block_document_id=blocks[MAIL], subject=SUBJECT, body=body))
    if WEBHOOK in blocks:
        actions.append(CallWebhook(block_document_id=blocks[WEBHOOK], payload=_payload(kind)))
    return AutomationCore(
        name=kind.name, description=kind.about, tags=[OURS], trigger=kind.trigger, actions=list(actions)
    )


def _payload(kind: Kind) -> str:
    """A JSON object as a template; `text` alone is what chat programs show."""
    texts = {
        "text": f"{{% set text %}}{kind.words}{{% endset %}}{{{{ text|tojson }}}}",
        "kind": json.dumps(kind.slug),
        "tenant": "{{ deployment.name|default('')|tojson }}",
        "run": "{{ flow_run.name|default('')|tojson }}",
        "state": "{{ flow_run.state.name|default('')|tojson }}",
        "message": "{{ (flow_run.state.message or '')|tojson }}",
        "url": "{{ (flow_run|ui_url or '')|tojson }}",
    }
    return "{" + ", ".join(f'"{name}": {value}' for name, value in texts.items()) + "}"
