"""The JSON schema of a tenant file (2020-12), for editors that complete and check YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenants.model import erps, tenant_model
from tenants.section import Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(sections: Mapping[str, type[Section]]) -> dict[str, Any]:
    """The schema: types, words, ranges and descriptions, and per ERP its section and its masters."""
    schema = tenant_model(sections).model_json_schema()
    known = erps(sections)
    schema["allOf"] = [
        {
            "if": {"properties": {"erp": {"const": name}}, "required": ["erp"]},
            "then": {
                "required": [name],
                "properties": {
                    name: {"type": "object"},
                    "masters": {
                        "properties": {
                            registry.value: {"enum": [choice.value for choice in choices]}
                            for registry, choices in kind.master_choices.items()
                        },
                        "additionalProperties": False,
                    },
                    **{other: False for other in known if other != name},
                },
            },
        }
        for name, kind in known.items()
    ]
    return {"$schema": DIALECT, **schema, "title": "Tenant file of severa-sync"}
