"""A bundle as JSON text, after the checks of this project and of the library."""

from __future__ import annotations

from emocare.domain.errors import ReportError
from emocare.report.fhir.checks import check_bundle
from emocare.report.fhir.parts import Resource


def to_json(bundle: Resource) -> str:
    """The text that is written. The library is loaded here and nowhere else (0.3 s, 30 MB).

    Raises:
        ReportError: The bundle does not hold to R4B or to the value sets.
    """
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    faults = check_bundle(bundle)
    if faults:
        raise ReportError(f"The FHIR bundle is faulty and was not written. {faults[0]}")
    try:
        read = Bundle.model_validate(bundle)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(
            f"The FHIR bundle is faulty and was not written. {place}: {first['msg']}."
        ) from error
    text: str = read.model_dump_json(indent=2)
    return text + "\n"
