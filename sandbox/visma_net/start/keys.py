"""Segmented keys and number sequences, as wide as the world's numbers need."""

from datetime import datetime

from sandbox.visma_net.company import Company
from sandbox.visma_net.numbering import Key, Sequence
from sandbox.visma_net.stamps import local
from sandbox.world import World

FIRST_CUSTOMER = 50_001
FIRST_INVOICE, FIRST_PAYMENT, FIRST_BILL, FIRST_BATCH = 100_001, 300_001, 900_001, 200_001


def number_keys(company: Company, world: World, at: datetime) -> None:
    """Keys and sequences.

    The length of PROJECT is that of Severa's project numbers. Where they all have it, the key takes no shorter ones
    either (contract, section 14); at scale large they do not.
    """
    lengths = {len(one.code) for one in world.projects if one.in_severa}
    longest = max(lengths)
    keys = (
        Key("BIZACCT", "Forretningskonto", 10, is_auto_number=True),
        Key("CUSTOMER", "Kunde-ID", 10, is_auto_number=True),
        Key("VENDOR", "Leverandør-ID", 10, is_auto_number=True),
        Key("INVENTORY", "Vare-ID", 30),
        Key("PROJECT", "Prosjekt-ID", longest, exact=lengths == {longest}),
        Key("PROTASK", "Prosjektoppgave-ID", 4),
        Key("SUBACCOUNT", "Avdeling", 1, validate=True, values={"0": "Standard"}),
    )
    for key in keys:
        key.modified = local(at)
        key.guid = company.ids.guid("segmented key", key.id)
        company.keys[key.id] = key
    for name, text, first in (
        ("CUSTOMER", "Kunder", FIRST_CUSTOMER),
        ("ARINVOICE", "Kundefaktura", FIRST_INVOICE),
        ("ARPAYMENT", "Kundebetaling", FIRST_PAYMENT),
        ("APBILL", "Leverandørfaktura", FIRST_BILL),
        ("BATCH", "Bilag", FIRST_BATCH),
    ):
        end = first + 99_998 if name != "BATCH" else 899_999
        company.sequences[name] = Sequence(name, text, first, end, end - 100, first - 1)
