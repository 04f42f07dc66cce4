"""Why a record stays on its own side, for people who ask about one record.

The planner counts the reasons; here they are told record by record. A test proves on random tenants that both say the
same.
"""

from __future__ import annotations

from core.inputs import Inputs
from core.matching import Clash
from core.records import Record, Side

NO_ACTIVITY = "no active project and no invoice yet"
BEFORE = "from before the switch-on"
PARTNER_STAYS = "its counterpart on the other side stays there"


def left_out(inputs: Inputs, severa: Record) -> str | None:
    """Why a linked item of Severa is not transferred any more (PO-04); None when it is."""
    return next(
        (f.name for f in inputs.rule.filters.get(Side.SEVERA, ()) if f.also_linked and not f.keeps(severa)), None
    )


def pair_stays(inputs: Inputs, severa: Record, erp: Record) -> str | None:
    """Why two records that the rule makes one are not linked; None when they are."""
    return _filtered(inputs, Side.SEVERA, severa, partner=erp) or _filtered(inputs, Side.ERP, erp)


def stays(inputs: Inputs, side: Side, record: Record) -> str | None:
    """Why a record without partner is not created on the other side, whatever it lacks; None when it may go."""
    why = _filtered(inputs, side, record)
    if why is None and side.other not in inputs.rule.created_on:
        return f"not created in {inputs.names[side.other]}"
    if why is None and inputs.rule.only_new is not None and inputs.rule.only_new(record):
        old = record.created_at is None or record.created_at <= inputs.switched_on
        return BEFORE if old else None
    return why


def clash_stays(inputs: Inputs, clash: Clash) -> dict[tuple[Side, str], str]:
    """Why records that share a number stay, by side and id; those that are linked, created or reported are absent."""
    reasons: dict[tuple[Side, str], str] = {}
    meant: dict[Side, list[Record]] = {Side.SEVERA: [], Side.ERP: []}
    for side, records in ((Side.SEVERA, clash.severa), (Side.ERP, clash.erp)):
        for record in records:
            if why := _filtered(inputs, side, record):
                reasons[side, record.id] = why
            else:
                meant[side].append(record)
    ours, theirs = meant[Side.SEVERA], meant[Side.ERP]
    if clash.taken or len(ours) > 1 or len(theirs) > 1:
        return reasons
    if ours and theirs:
        if why := pair_stays(inputs, ours[0], theirs[0]):
            reasons |= {(Side.SEVERA, ours[0].id): why, (Side.ERP, theirs[0].id): why}
        return reasons
    for side, kept in meant.items():
        for record in kept:
            why = PARTNER_STAYS if (clash.erp if side is Side.SEVERA else clash.severa) else stays(inputs, side, record)
            if why:
                reasons[side, record.id] = why
    return reasons


def _filtered(inputs: Inputs, side: Side, record: Record, partner: Record | None = None) -> str | None:
    for rule in inputs.rule.filters.get(side, ()):
        if not rule.keeps(record):
            return rule.name
    active = inputs.active.get(side) if inputs.rule.needs_activity else None
    if active is not None and record.id not in active and (partner is None or partner.id not in inputs.wanted):
        return NO_ACTIVITY
    return None
