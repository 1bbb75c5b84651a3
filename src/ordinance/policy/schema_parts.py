# SPDX-License-Identifier: EUPL-1.2
"""What JSON Schemas are put together from: texts, days, words of a list, closed mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_INSTANT = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$"
_PERIOD = r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?)?$"
TEXT: Schema = {"type": "string", "minLength": 1}
ID: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]*$"}
DAY: Schema = {"type": "string", "pattern": _DAY}
INSTANT: Schema = {"type": "string", "pattern": _INSTANT}
PERIOD: Schema = {"type": "string", "pattern": _PERIOD, "examples": ["P6M", "P14D", "PT12H"]}
FLAG: Schema = {"enum": ["yes", "no", "true", "false", True, False]}  # editors read a bare true as a truth value
NUMBER: Schema = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 100}, {"type": "string", "pattern": r"^\d+$"}]}
AMOUNT: Schema = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$"}]}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
VERSION: Schema = {"type": ["string", "number"]}


def words(kind: type[StrEnum]) -> Schema:
    """One of an enumeration's words."""
    return {"enum": [str(w) for w in kind]}


def some(item: Schema) -> Schema:
    """One, or a list of at least one."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def listed(item: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": item}


def closed(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(properties),
        "required": sorted(required),
        **more,
    }


def ref(name: str) -> Schema:
    """A part that is defined once in the file."""
    return {"$ref": f"#/$defs/{name}"}


def described(properties: Mapping[str, Schema], meanings: Mapping[str, str]) -> dict[str, Schema]:
    """The properties with what each means; a key without a meaning is our fault (KeyError)."""
    return {key: {"description": meanings[key], **schema} for key, schema in properties.items()}


TEXTS = some(TEXT)
