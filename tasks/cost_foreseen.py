"""What a preview tells of purchase costs and their files (PO-14, VN-16, VN-18)."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.ports import CostEntry
from core.foreseen import Act, Foreseen, is_stand_in
from core.invoices import CostRow
from core.plans import record_key
from core.records import Registry, Side
from tasks.cost_read import JOB
from tasks.foreseeing import COSTS, coming, foresee, new_id, values_of
from tasks.run import Run


def would_import(run: Run, row: CostRow, entry: CostEntry | None, label: str, *, provided: Sequence[str] = ()) -> str:
    """Tell of a project cost; the id that stands for it. Without an entry its project or product is made first."""
    if entry is None:
        fields = {"project": row.project_code, "event_date": row.cost_date}
        unknown = {"amount": "It is converted when the project is there."}
    else:
        names = ("product_id", "quantity", "unit_cost", "currency", "description", "event_date", "unit_price")
        fields = {"project": entry.project_id, **{name: getattr(entry, name) for name in names}}
        unknown = {}
    told = Foreseen(
        scope=COSTS,
        act=Act.CREATE,
        side=Side.SEVERA,
        record=record_key(Side.ERP, row.id),
        label=label,
        fields=values_of(fields),
        unknown=unknown,
        provided=provided,
    )
    foresee(run, JOB, told)
    return new_id(run)


def would_attach(run: Run, row: CostRow, name: str, project_id: str) -> None:
    """Tell of a file that would go to a project."""
    new = is_stand_in(project_id)
    told = Foreseen(
        scope=COSTS,
        act=Act.ATTACH,
        side=Side.SEVERA,
        record=record_key(Side.ERP, row.id),
        label=name,
        target=None if new else project_id,
        fields={"file": (None, name)},
        provided=coming(run, Side.SEVERA, {Registry.PROJECTS: [project_id]}),
    )
    foresee(run, JOB, told)
