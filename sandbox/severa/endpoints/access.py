"""Token, heartbeat and the organisation itself (contract, sections 2 and 12)."""

from typing import Any

from sandbox.routing import Reply, Request
from sandbox.severa.registers import Registers
from sandbox.severa.service import Endpoint, Service, computed, read_json, reply


def _token(service: Service, request: Request) -> Reply:
    return reply(service.access.issue(read_json(request)))


def _refresh(service: Service, request: Request) -> Reply:
    return reply(service.access.renew(read_json(request)))


def _alive(_: Service, __: Request) -> Reply:
    return Reply(200, b"Running", "text/plain")


def _authorized(_: Service, __: Request) -> Reply:
    return Reply(204)


def _details(registers: Registers, _: Request) -> Any:
    return registers.company["details"]


def _settings(registers: Registers, _: Request) -> Any:
    """The numbers are read from what there is."""

    def last(table: str) -> int:
        return max((row["number"] or 0 for row in registers.tables[table]), default=0)

    project, customer, invoice = last("projects"), last("customers"), last("invoices")
    travel = last("travelreimbursements")
    return {
        **registers.company["settings"],
        "nextProjectNumber": project + 1,
        "lastProjectNumber": project,
        "nextCustomerNumber": customer + 1,
        "lastCustomerNumber": customer,
        "nextTravelReimbursementNumber": travel + 1,
        "lastTravelReimbursementNumber": travel,
        "nextInvoiceNumber": invoice + 1,
        "lastInvoiceNumber": invoice,
    }


def _financials(registers: Registers, _: Request) -> Any:
    return registers.company["financials"]


ALL = (
    Endpoint("GET", "/heartbeat/server", None, _alive, is_open=True),
    Endpoint("GET", "/heartbeat/authorized", None, _authorized),
    Endpoint("POST", "/v1/token", None, _token, is_open=True),
    Endpoint("POST", "/v1/refreshtoken", None, _refresh, is_open=True),
    computed("/v1/organizationdetails", "organization:read", _details),
    computed("/v1/organizationsettings", "organization:read", _settings),
    computed("/v1/integrations/vismafinancials/companyinformation", "organization:read", _financials),
)
