"""Privileges, whitelisted redirect addresses, and how far the vendor's unverified filters work."""

from sandbox.poweroffice.access import Access
from sandbox.poweroffice.gateway import Gateway
from sandbox.poweroffice.onboarding import Onboarding
from sandbox.poweroffice.people.arguments import only
from sandbox.poweroffice.routes.documents import UNVERIFIED_FILTERS
from sandbox.system import ActionError, Json


class SettingsDesk:
    """The administrator of the client company, and the vendor."""

    def __init__(self, access: Access, onboarding: Onboarding, gateway: Gateway) -> None:
        self._access = access
        self._onboarding = onboarding
        self._gateway = gateway

    def set_privileges(self, arguments: Json) -> Json:
        """Changes what new tokens may do: {"valid": [...]}, or "add" and "remove"; "invalid" ones lack a module."""
        only(arguments, ("valid", "add", "remove", "invalid"))
        for name, value in arguments.items():
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                raise ActionError(f"{name}: a list of privileges")
        if "valid" in arguments:
            self._access.privileges = set(arguments["valid"])
        self._access.privileges |= set(arguments.get("add", ()))
        self._access.privileges -= {*arguments.get("remove", ()), *arguments.get("invalid", ())}
        if "invalid" in arguments:
            self._access.invalid_privileges = set(arguments["invalid"])
        return {"valid": sorted(self._access.privileges), "invalid": sorted(self._access.invalid_privileges)}

    def allow_redirect(self, arguments: Json) -> Json:
        """Whitelists an onboarding address: {"uri": "https://host/path"}; loopback addresses always work."""
        only(arguments, ("uri",))
        uri = arguments.get("uri")
        if not isinstance(uri, str) or "://" not in uri or "?" in uri:
            raise ActionError("uri: scheme, host and path, no query")
        self._onboarding.redirects.add(uri)
        return {"redirects": sorted(self._onboarding.redirects)}

    def add_client(self, arguments: Json) -> Json:
        """Another company of whoever approves the extension, with a name and no books: {"name", "number"}."""
        only(arguments, ("name", "number"))
        if not all(isinstance(arguments.get(each), str) and arguments[each] for each in ("name", "number")):
            raise ActionError("name and number: texts")
        client = self._access.add_client(arguments["name"], arguments["number"])
        return {"id": client.id, "name": client.name, "number": client.number}

    def set_unverified_filters(self, arguments: Json) -> Json:
        """How filters behave that only third-party clients know: {"mode": "work" | "ignore" | "refuse"}."""
        only(arguments, ("mode",))
        mode = arguments.get("mode")
        if mode not in {"work", "ignore", "refuse"}:
            raise ActionError("mode: work, ignore or refuse")
        self._gateway.ignored_filters = UNVERIFIED_FILTERS if mode == "ignore" else frozenset()
        self._gateway.refused_filters = UNVERIFIED_FILTERS if mode == "refuse" else frozenset()
        return {"mode": mode, "filters": sorted(UNVERIFIED_FILTERS)}
