"""The company's set-up screens, the vendor's portal, and what only tests want: failures and allowances."""

from dataclasses import asdict

from sandbox.system import ActionError, Json
from sandbox.visma_net.access import SCOPES, Access
from sandbox.visma_net.company import Company
from sandbox.visma_net.gateway import Gateway
from sandbox.visma_net.people.arguments import only, text
from sandbox.visma_net.quota import Quota
from sandbox.visma_net.search import CHANGED


def _whole(arguments: Json, name: str, low: int = 0) -> int:
    value = arguments.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise ActionError(f"{name}: a whole number, {low} or more")
    return value


class SettingsDesk:
    """Everything that is set and not entered."""

    def __init__(self, company: Company, access: Access, quota: Quota, gateway: Gateway) -> None:
        self._company = company
        self._access = access
        self._quota = quota
        self._gateway = gateway

    def set_behaviour(self, arguments: Json) -> Json:
        """Turns switches for what the contract leaves open: {switch: value}; nothing shows them all."""
        try:
            for name, value in arguments.items():
                self._company.behaviour.turn(name, value)
        except ValueError as bad:
            raise ActionError(str(bad)) from bad
        return self._company.behaviour.shown()

    def set_segmented_key(self, arguments: Json) -> Json:
        """Sets a segmented key: {"id", "length"?, "is_auto_number"?, "exact"?, "validate"?, "values"? {value: text}}"""
        flags = ("is_auto_number", "exact", "validate")
        only(arguments, ("id", "length", "values", *flags))
        key = self._company.keys.get(text(arguments, "id"))
        if key is None:
            raise ActionError(f"id: one of {', '.join(self._company.keys)}")
        if "length" in arguments:
            key.length = _whole(arguments, "length", 1)
        for name in flags:
            if name in arguments:
                setattr(key, name, bool(arguments[name]))
        key.values = dict(arguments.get("values", key.values))
        key.modified = self._company.now()
        return {"key": asdict(key)}

    def set_sequence(self, arguments: Json) -> Json:
        """Sets a number sequence: {"id", "next"?, "end"?, "warn"?, "prefix"?}."""
        only(arguments, ("id", "next", "end", "warn", "prefix"))
        sequence = self._company.sequences.get(text(arguments, "id"))
        if sequence is None:
            raise ActionError(f"id: one of {', '.join(self._company.sequences)}")
        if "next" in arguments:
            sequence.last = _whole(arguments, "next", 1) - 1
        for name in ("end", "warn"):
            if name in arguments:
                setattr(sequence, name, _whole(arguments, name))
        sequence.prefix = str(arguments.get("prefix", sequence.prefix))
        return {"sequence": asdict(sequence)}

    def set_length(self, arguments: Json) -> Json:
        """Limits a text of write bodies: {"member": "invoiceLines.description", "length"}; length null lifts it."""
        only(arguments, ("member", "length"))
        member = text(arguments, "member")
        if arguments.get("length") is None:
            self._company.lengths.pop(member, None)
        else:
            self._company.lengths[member] = _whole(arguments, "length", 1)
        return {"lengths": dict(self._company.lengths)}

    def edit_branch(self, arguments: Json) -> Json:
        """Edits or enters a branch: {"number", "name"?, "vatRegistrationId"?, "corporateId"?, "isActive"?}."""
        names = ("name", "vatRegistrationId", "corporateId", "isActive")
        only(arguments, ("number", *names))
        number = text(arguments, "number")
        branches = self._company.branches
        if number not in branches:
            main = next(iter(branches.values()))
            branches[number] = {**main, "number": number, "isMainBranch": False,
                                "branchId": self._company.number("branch", number)}  # fmt: skip
        branches[number].update({name: arguments[name] for name in names if name in arguments})
        branches[number][CHANGED] = self._company.now()
        return {"branch": branches[number]}

    def edit_term(self, arguments: Json) -> Json:
        """Edits or enters a credit term: {"id", "days"?, "description"?, "visible_to"?}."""
        only(arguments, ("id", "days", "description", "visible_to"))
        name = text(arguments, "id")
        terms = self._company.terms
        known = terms.get(name) or {
            **terms["14"],
            "termsId": name,
            "description": name,
            "createdDateTime": self._company.now(),
        }
        if "days" in arguments:
            known = {**known, "dueDateType": "N", "dueDay1": _whole(arguments, "days")}
        known = {
            **known,
            "description": arguments.get("description", known["description"]),
            "visibleTo": arguments.get("visible_to", known["visibleTo"]),
            CHANGED: self._company.now(),
        }
        terms[name] = known
        return {"term": known}

    def edit_class(self, arguments: Json) -> Json:
        """Edits or enters a customer or item class: {"id", "description", "type"? of items, "like"? another class}."""
        only(arguments, ("id", "description", "type", "like"))
        name, kind = text(arguments, "id"), arguments.get("type")
        classes = self._company.customer_classes if kind is None else self._company.item_classes
        if len(name) > 10:
            raise ActionError("id: at most 10 characters")
        like = arguments.get("like") or next(
            (key for key, one in classes.items() if kind in {None, one.get("type")}), None
        )
        if name not in classes and like not in classes:
            raise ActionError(f"like: one of {', '.join(classes)}")
        known = classes.get(name) or {**classes[str(like)], "id": name}
        classes[name] = {**known, "description": arguments.get("description", known["description"])}
        return {"class": {key: value for key, value in classes[name].items() if not key.startswith("_")}}

    def set_consent(self, arguments: Json) -> Json:
        """The customer's administrator approves the application or withdraws it: {"given": true or false}."""
        only(arguments, ("given",))
        self._access.consented = bool(arguments.get("given"))
        return {"given": self._access.consented}

    def set_scopes(self, arguments: Json) -> Json:
        """What the application may ask for: {"scopes": [...]}; nothing shows it."""
        only(arguments, ("scopes",))
        wanted = set(arguments.get("scopes", self._access.scopes))
        if not wanted <= set(SCOPES):
            raise ActionError(f"scopes: some of {', '.join(SCOPES)}")
        self._access.scopes = wanted
        return {"scopes": sorted(wanted)}

    def set_token_seconds(self, arguments: Json) -> Json:
        """Lifetime of tokens issued from now on: {"seconds"}."""
        only(arguments, ("seconds",))
        self._access.token_seconds = _whole(arguments, "seconds", 1)
        return {"seconds": self._access.token_seconds}

    def set_quota(self, arguments: Json) -> Json:
        """The hourly allowance: {"limit"?, "remaining"? for the present hour}; switches counting on."""
        only(arguments, ("limit", "remaining"))
        now = self._company.clock.now()
        if "limit" in arguments:
            self._quota.limit = _whole(arguments, "limit", 1)
        self._quota.on = True
        if "remaining" in arguments:
            self._quota.leave(_whole(arguments, "remaining"), now)
        return dict(self._quota.headers(now))

    def fail_after_write(self, arguments: Json) -> Json:
        """The next writes are carried out, but answered with an error: {"times"? 1, "status"? 500}."""
        only(arguments, ("times", "status"))
        status = _whole({"status": 500, **arguments}, "status", 400)
        self._gateway.failures = [status] * _whole({"times": 1, **arguments}, "times")
        return {"pending": len(self._gateway.failures)}
