"""What an entry of care says, as plain JSON values and back, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, time
from typing import Any

from emocare.domain.care import KINDS, CareId, CareKind, Content, VisitState

_TYPES: dict[CareKind, type[Content]] = {kind: made for made, kind in KINDS.items()}
_DATES = ("since", "until", "on", "done_on")


def content_to_dict(content: Content) -> dict[str, Any]:
    """The fields of the content; days and times in ISO form, what is not known is null."""
    values = {f.name: getattr(content, f.name) for f in fields(content)}
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in values.items()
    }


def content_from_dict(kind: CareKind, data: Mapping[str, Any]) -> Content:
    """The inverse: ``content_from_dict(kind, content_to_dict(c)) == c``."""
    values = dict(data)
    for name in _DATES:
        if values.get(name) is not None:
            values[name] = date.fromisoformat(values[name])
    if values.get("at") is not None:
        values["at"] = time.fromisoformat(values["at"])
    if "state" in values:
        values["state"] = VisitState(values["state"])
    if "goal_id" in values:
        values["goal_id"] = CareId(values["goal_id"])
    return _TYPES[kind](**values)
