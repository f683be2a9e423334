"""The small parts of resources: codings, values, identifiers, references inside a bundle."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from emocare.report.fhir import codes

Resource = dict[str, Any]

_SPACE = uuid.UUID("6b1f0d5e-6c0e-5d0c-9f57-3a2f5f0c7e11")
"""Root of the identifiers: the same session always gives the same ones."""


def uuid_of(kind: str, key: str) -> str:
    """The identifier of a resource, from its kind and what it stands for."""
    return str(uuid.uuid5(_SPACE, f"{kind}/{key}"))


def reference(kind: str, key: str) -> dict[str, str]:
    """A reference to the entry ``entry`` made with the same kind and key."""
    return {"reference": f"urn:uuid:{uuid_of(kind, key)}", "type": kind}


def entry(key: str, resource: Resource) -> Resource:
    """A bundle's entry; the resource gets its identifier."""
    identity = uuid_of(resource["resourceType"], key)
    return {"fullUrl": f"urn:uuid:{identity}", "resource": {**resource, "id": identity}}


def coding(system: str, code: str, display: str | None = None) -> dict[str, str]:
    """A code with its system."""
    found = {"system": system, "code": code}
    return found if display is None else {**found, "display": display}


def concept(text: str, *codings: dict[str, Any]) -> dict[str, Any]:
    """A concept with this project's own words."""
    return {"coding": list(codings), "text": text} if codings else {"text": text}


def measure(code: str, text: str) -> dict[str, Any]:
    """A code of the local system of measures."""
    return concept(text, coding(codes.MEASURE, code))


def confirmed(code: str | None) -> str | None:
    """The LOINC code if it may be used, else None."""
    return code if code in codes.CONFIRMED_LOINC else None


def quantity(value: float) -> dict[str, Any]:
    """A score; it has no unit but the scale of its code."""
    return {"value": value, "unit": "score", "system": codes.UCUM, "code": "{score}"}


def absent(code: str, why: str) -> dict[str, Any]:
    """Why there is no value."""
    return {"dataAbsentReason": concept(why, coding(codes.ABSENT, code))}


def scored(value: float | None, why: str | None) -> dict[str, Any]:
    """A score, or the reason why there is none."""
    if value is None:
        return absent("unknown", why or "Not measured.")
    return {"valueQuantity": quantity(value)}


def moment(at: datetime) -> str:
    """ISO 8601 to the second, with the zone."""
    return at.replace(microsecond=0).isoformat()
