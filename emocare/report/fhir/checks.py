"""What a bundle must hold to that the library does not look at: value sets and references."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from emocare.report.fhir import codes

LOCAL = "urn:emo-care:"


def check_bundle(bundle: Mapping[str, Any]) -> list[str]:
    """Every fault as one sentence; an empty list means none.

    Looks at required value sets, codes of the known systems (LOINC: the confirmed list only),
    references, the rule that a value and the reason for its absence exclude each other, the
    hash of attached documents, and that what was observed in a face has local codes only.
    """
    faults = [f"Bundle: {fault}" for fault in _bound(bundle, "Bundle", ("type",))]
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(urls)) != len(urls):
        faults.append("Bundle: two entries have the same fullUrl.")
    for entry in bundle["entry"]:
        resource = entry["resource"]
        kind = resource["resourceType"]
        if entry["fullUrl"] != f"urn:uuid:{resource['id']}":
            faults.append(f"{kind}: fullUrl and id differ.")
        faults += [f"{kind}: {fault}" for fault in _resource(resource, set(urls))]
    return faults


def _resource(resource: Mapping[str, Any], urls: set[str]) -> Iterator[str]:
    kind = resource["resourceType"]
    for path in codes.VALUE_SETS:
        owner, _, rest = path.partition(".")
        if owner == kind:
            yield from _bound(resource, kind, tuple(rest.split(".")))
    for found in _walk(resource):
        yield from _codings(found)
        yield from _references(found, urls)
        yield from _attachment(found)
    if kind == "Observation":
        yield from _observation(resource)


def _bound(resource: Mapping[str, Any], kind: str, path: tuple[str, ...]) -> Iterator[str]:
    allowed = codes.VALUE_SETS[".".join((kind, *path))]
    for value in _at(resource, path):
        if value not in allowed:
            yield f"{'.'.join(path)} {value!r} is not in its value set."


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value at a path, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from _at(one, path)
    elif not path:
        yield value
    elif path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for one in value.values():
            yield from _walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one)


def _codings(found: Mapping[str, Any]) -> Iterator[str]:
    system, code = found.get("system"), found.get("code")
    allowed = codes.SYSTEM_CODES.get(system) if isinstance(system, str) else None
    if allowed is not None and code not in allowed:
        yield f"the code {code!r} of {system} may not be used."


def _references(found: Mapping[str, Any], urls: set[str]) -> Iterator[str]:
    target = found.get("reference")
    if isinstance(target, str) and target not in urls:
        yield f"the reference {target} has no entry."


def _attachment(found: Mapping[str, Any]) -> Iterator[str]:
    if "hash" not in found or "data" not in found:
        return
    data = base64.b64decode(found["data"])
    sha1 = hashlib.sha1(data, usedforsecurity=False).digest()
    if base64.b64decode(found["hash"]) != sha1:
        yield "the hash of the document is not that of its bytes."
    for extension in found.get("extension", []):
        if (extension["url"] == codes.SHA256_EXTENSION
                and extension["valueString"] != hashlib.sha256(data).hexdigest()):  # fmt: skip
            yield "the SHA-256 of the document is not that of its bytes."


def _observation(resource: Mapping[str, Any]) -> Iterator[str]:
    for part in (resource, *resource.get("component", [])):
        has_value = any(name.startswith("value") for name in part)
        if has_value and "dataAbsentReason" in part:
            yield "a value stands beside the reason for its absence."
        if part is not resource and not has_value and "dataAbsentReason" not in part:
            yield "a component has neither a value nor a reason."
    member = "component" in resource or "hasMember" in resource
    if not member and "dataAbsentReason" not in resource and not any(
        name.startswith("value") for name in resource
    ):  # fmt: skip
        yield "there is neither a value nor a reason."
    categories = {c.get("code") for category in resource.get("category", [])
                  for c in category.get("coding", [])}  # fmt: skip
    if not categories:
        yield "it has no category."
    if "exam" in categories:
        yield from _only_local(resource)


def _only_local(resource: Mapping[str, Any]) -> Iterator[str]:
    for part in (resource, *resource.get("component", [])):
        systems = {c["system"] for c in part["code"].get("coding", [])}
        if not systems or any(not system.startswith(LOCAL) for system in systems):
            yield "what is observed in a face may only have local codes."
