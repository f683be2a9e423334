"""The FHIR bundle: read by the library, held against the value sets, safe in what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_builder import (
    ACCURACY,
    GAD7,
    NOW,
    OPTIONS,
    PHQ9,
    STEM,
    alert,
    gad7,
    make_report,
    phq9,
    session,
    signed,
    summary,
    unreliable,
    withdrawal,
)

from emocare.domain.consent import Use
from emocare.domain.errors import ReportError
from emocare.domain.records import AlertState, ReportId, ReportRecord, ReportState, SessionId
from emocare.domain.summary import Band, GateDecision
from emocare.report.content import Report
from emocare.report.fhir import (
    CONFIRMED_LOINC,
    Choice,
    FhirContent,
    FormDefinition,
    Question,
    build_bundle,
    check_bundle,
    codes,
    to_json,
)

ROOT = Path(__file__).resolve().parents[2]
SPECIFICATION = ROOT.parent / "shared" / "design" / "clinical.md"
PDF = b"%PDF-1.7 a report"
ANSWERS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
         "44260-8")  # fmt: skip
CHOICES = tuple(Choice(i, text, ANSWERS[i]) for i, text in enumerate(OPTIONS))
DAILY = Question("How difficult?", (Choice(0, "Not difficult at all"),
                                    Choice(1, "Somewhat difficult")), "69722-7")  # fmt: skip
FORMS = {
    "PHQ-9": FormDefinition(
        "PHQ-9", "Patient Health Questionnaire-9", "1", "en", STEM, "No permission required.",
        tuple(Question(t, CHOICES, c) for t, c in zip(PHQ9, ITEMS, strict=True)), DAILY, 9,
        "44249-1", "44261-6"),
    "GAD-7": FormDefinition(
        "GAD-7", "Generalized Anxiety Disorder-7", "1", "en", STEM, "No permission required.",
        tuple(Question(t, tuple(replace(c, loinc=None) for c in CHOICES)) for t in GAD7)),
}  # fmt: skip
REASSURING = re.compile(
    r"no (problem|concern|sign|risk|evidence)|reassuring|not (depressed|ill|at risk)|"
    r"\b(safe|healthy|well|unremarkable|normal)\b", re.I)  # fmt: skip


def filed(state: ReportState = ReportState.SIGNED, version: int = 1) -> ReportRecord:
    signed_at = None if state is ReportState.DRAFT else NOW
    return ReportRecord(
        ReportId("R-1"), SessionId("s"), version, state, "file", PDF,
        hashlib.sha256(PDF).hexdigest(), NOW, signed_by="Dr Anna Lindqvist", signed_at=signed_at,
    )  # fmt: skip


def content(report: Report | None = None, document: ReportRecord | None = None, *,
            named: bool = True) -> FhirContent:  # fmt: skip
    return FhirContent(make_report() if report is None else report, FORMS, document, named, NOW)


def read(found: FhirContent) -> dict[str, Any]:
    """The bundle as it is written and read again."""
    bundle: dict[str, Any] = json.loads(to_json(build_bundle(found)))
    return bundle


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def only(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = of_kind(bundle, kind)
    return found


def observation(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [o for o in of_kind(bundle, "Observation")
                if any(c["code"] == code for c in o["code"]["coding"])]  # fmt: skip
    return found


def component(found: dict[str, Any], code: str) -> dict[str, Any]:
    (part,) = [c for c in found["component"] if c["code"]["coding"][0]["code"] == code]
    return part


VARIANTS = {
    "full": make_report(),
    "signed": signed(make_report()),
    "unreliable": unreliable(),
    "unanswered": make_report(questionnaires=()),
    "missing answers": make_report(questionnaires=(phq9((2, None, 3, 2, 1, None, 1, 1, None)),)),
    "not recorded": make_report(session=replace(session(None), consent=None)),
    "alert": make_report(alerts=(alert(),)),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", VARIANTS)
def test_the_library_reads_it_and_gives_it_back(name: str, named: bool) -> None:
    from fhir.resources.R4B.bundle import Bundle

    report = VARIANTS[name]
    document = filed() if report.signature is not None else None
    made = build_bundle(content(report, document, named=named))
    text = to_json(made)
    assert json.loads(text) == json.loads(json.dumps(made)), "nothing is lost or added"
    again = Bundle.model_validate_json(text)
    assert json.loads(again.model_dump_json()) == json.loads(text)
    assert check_bundle(json.loads(text)) == []


def test_every_reference_finds_an_entry_of_its_kind() -> None:
    bundle = read(content(signed(make_report()), filed()))
    kinds = {e["fullUrl"]: e["resource"]["resourceType"] for e in bundle["entry"]}
    found = re.findall(r'"reference": "([^"]+)",\s+"type": "(\w+)"', json.dumps(bundle, indent=1))
    assert len(found) > 40
    assert all(kinds[target] == kind for target, kind in found)
    assert json.dumps(bundle).count('"reference": ') == len(found)


def test_the_same_session_always_has_the_same_identifiers() -> None:
    assert build_bundle(content()) == build_bundle(content())


# Codes


def test_loinc_codes_are_those_the_specification_confirms() -> None:
    if not SPECIFICATION.is_file():
        pytest.skip("the clinical specification is not beside this checkout")
    section = SPECIFICATION.read_text("utf-8").split("### 1.7 LOINC")[1].split("###")[0]
    said = re.sub(r"\([^()]*verify[^()]*\)|PHQ-4 panel[^.]*|others knowledge, verify", "", section)
    assert set(CONFIRMED_LOINC) <= set(re.findall(r"\b(?:LA)?\d{4,5}-\d\b", said))
    for unsure in ("55757-9", "70272-0", "69724-3", "73831-0", "LA6572-7", "LA6573-5"):
        assert unsure not in CONFIRMED_LOINC


def test_every_loinc_code_of_a_bundle_is_on_the_list_and_the_rest_is_local() -> None:
    bundle = read(content(signed(make_report()), filed()))
    used = re.findall(r'"system": "http://loinc.org",\s+"code": "([^"]+)"',
                      json.dumps(bundle, indent=1))  # fmt: skip
    assert set(ITEMS) | {"44249-1", "44261-6", "69722-7"} <= set(used) <= CONFIRMED_LOINC


def test_a_code_that_is_not_confirmed_becomes_a_local_one() -> None:
    unsure = replace(FORMS["PHQ-9"], panel="55757-9", total="73831-0")
    found = replace(content(), forms={**FORMS, "PHQ-9": unsure})
    bundle = read(found)
    assert "55757-9" not in json.dumps(bundle) and "73831-0" not in json.dumps(bundle)
    assert observation(bundle, "PHQ-9/total")["code"]["coding"][0]["system"] == codes.FORM


@pytest.mark.parametrize(
    ("kind", "break_it", "says"),
    [
        ("Observation", lambda r: r.update(status="banana"), "value set"),
        ("Observation", lambda r: r["category"][0]["coding"][0].update(code="mood"), "not be used"),
        ("Observation", lambda r: r["code"]["coding"].append(
            {"system": codes.LOINC, "code": "73831-0"}), "not be used"),
        ("Observation", lambda r: r["subject"].update(reference="urn:uuid:none"), "no entry"),
        ("Observation", lambda r: r.update(dataAbsentReason={"text": "x"}), "reason for its"),
        ("Questionnaire", lambda r: r["item"][0].update(type="coding"), "value set"),
        ("DiagnosticReport", lambda r: r.update(status="signed"), "value set"),
        ("DiagnosticReport", lambda r: r["presentedForm"][0].update(data="eA=="), "hash"),
        ("Consent", lambda r: r["provision"]["provision"][0].update(type="agree"), "value set"),
        ("Consent", lambda r: r["scope"]["coding"][0].update(code="care"), "not be used"),
        ("Patient", lambda r: r.update(gender="f"), "value set"),
        ("Patient", lambda r: r.update(id="other"), "differ"),
        ("Device", lambda r: r["deviceName"][0].update(type="nickname"), "value set"),
        ("Provenance", lambda r: r["agent"][0]["type"]["coding"][0].update(code="maker"),
         "not be used"),
        ("Provenance", lambda r: r["entity"][0].update(role="origin"), "value set"),
    ],
)  # fmt: skip
def test_what_the_library_lets_pass_is_found(kind: str, break_it: Any, says: str) -> None:
    bundle = build_bundle(content(signed(make_report()), filed()))
    break_it(of_kind(bundle, kind)[0])
    assert any(says in fault for fault in check_bundle(bundle)), check_bundle(bundle)
    with pytest.raises(ReportError, match="not written"):
        to_json(bundle)


def test_what_the_library_refuses_is_said_in_one_sentence() -> None:
    bundle = build_bundle(content())
    of_kind(bundle, "Patient")[0]["mood"] = "good"
    with pytest.raises(ReportError, match=r"not written.*mood"):
        to_json(bundle)


def test_a_code_of_an_illness_on_the_face_is_found() -> None:
    bundle = build_bundle(content())
    face = observation(bundle, "facial-behaviour-index")
    face["code"]["coding"].append({"system": codes.LOINC, "code": "44261-6"})
    assert "Observation: what is observed in a face may only have local codes." in (
        check_bundle(bundle)
    )


# Questionnaires


def test_answers_items_and_total_say_the_same() -> None:
    bundle = read(content())
    form = next(q for q in of_kind(bundle, "Questionnaire") if q["name"] == "PHQ9")
    assert form["item"][8]["linkId"] == "/44260-8" and form["item"][8]["text"] == PHQ9[8]
    option = form["item"][0]["answerOption"][3]["valueCoding"]
    assert option["code"] == "LA6571-9" and option["extension"][0]["valueDecimal"] == 3
    response = of_kind(bundle, "QuestionnaireResponse")[0]
    assert response["questionnaire"] == f"{form['url']}|{form['version']}"
    assert [i["answer"][0]["valueCoding"]["code"] for i in response["item"]][:3] == [
        "LA6570-1", "LA6569-3", "LA6571-9"]  # fmt: skip
    total = observation(bundle, "44261-6")
    assert total["valueQuantity"]["value"] == 13 and total["status"] == "final"
    assert total["category"][0]["coding"][0]["code"] == "survey"
    assert total["interpretation"][0]["text"] == "PHQ-9: moderate"
    assert len(total["hasMember"]) == 9 and total["note"] == [{"text": ACCURACY}]
    assert observation(bundle, "44260-8")["note"][0]["text"] == "A zero does not rule out risk."


def test_a_missing_answer_is_left_out_and_its_observation_says_why() -> None:
    asked = phq9((2, None, 3, 2, 1, None, 1, 1, None), total=None, band=None, native_band=None)
    bundle = read(content(make_report(questionnaires=(asked,))))
    (response,) = of_kind(bundle, "QuestionnaireResponse")
    assert len(response["item"]) == 6 + 1, "six items and the question on daily life"
    item = observation(bundle, "44255-8")
    assert item["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"
    assert "valueCodeableConcept" not in item
    assert "ask directly" in observation(bundle, "44260-8")["note"][0]["text"]
    total = observation(bundle, "44261-6")
    assert total["dataAbsentReason"]["text"] == "Too many answers are missing: no total."
    assert "valueQuantity" not in total and "interpretation" not in total
    assert component(total, "possible-high")["valueQuantity"]["value"] == 19


def test_a_prorated_total_says_so() -> None:
    asked = phq9((1, 1, 1, 1, 0, 0, 0, None, 0), total=5, prorated=True, band_uncertain=True)
    total = observation(read(content(make_report(questionnaires=(asked,)))), "44261-6")
    assert total["note"][0]["text"] == (
        "8 of 9 items were answered. The total is prorated. The possible totals lie in more than "
        "one band."
    )


# Face


def test_the_face_is_investigational_with_its_interval_and_its_reference() -> None:
    face = observation(read(content()), "facial-behaviour-index")
    assert face["status"] == "preliminary"
    assert face["category"][0]["coding"][0]["code"] == "exam"
    assert "investigational, not a diagnosis" in face["code"]["text"]
    assert face["valueQuantity"]["value"] == 38.0
    assert component(face, "ci90-low")["valueQuantity"]["value"] == 27.0
    assert component(face, "anhedonia-ci90-high")["valueQuantity"]["value"] == 59.0
    assert component(face, "reference")["valueString"] == "provisional reference provisional-v0"
    assert component(face, "gate")["valueCodeableConcept"]["coding"][0]["code"] == "reliable"
    assert "does not reassure" in face["note"][0]["text"]


def test_an_unreliable_face_gives_reasons_and_no_numbers() -> None:
    face = observation(read(content(unreliable())), "facial-behaviour-index")
    assert "valueQuantity" not in face and "interpretation" not in face
    assert face["dataAbsentReason"]["text"] == "The gate says unreliable."
    assert component(face, "anxiety")["dataAbsentReason"]["text"] == "no reliable face"
    codes_ = {c["code"]["coding"][0]["code"] for c in face["component"]}
    assert not {c for c in codes_ if c.endswith(("low", "high"))}


@pytest.mark.parametrize("decision", [GateDecision.RELIABLE, GateDecision.UNRELIABLE])
def test_nothing_from_a_face_reassures(decision: GateDecision) -> None:
    found = summary(decision)
    index = found.behaviour_index
    if index is not None:
        low = replace(index, value=4.0, band=Band.NORMAL, ci90=(0.0, 12.0))
        found = replace(found, behaviour_index=low)
    bundle = read(content(make_report(session=session(found), alerts=(alert(),))))
    said = json.dumps(observation(bundle, "facial-behaviour-index"))
    report = only(bundle, "DiagnosticReport")
    said += report["conclusion"].replace("NOT YET REVIEWED", "")
    assert not REASSURING.search(said), REASSURING.search(said)
    assert "4.0" not in report["conclusion"] and "typical" not in report["conclusion"]
    assert report["conclusion"].startswith("Safety alert, not yet reviewed: Thoughts of death")


# Report


@pytest.mark.parametrize(
    ("state", "version", "expected"),
    [(ReportState.DRAFT, 1, "preliminary"), (ReportState.DRAFT, 2, "preliminary"),
     (ReportState.SIGNED, 1, "final"), (ReportState.SIGNED, 2, "amended"),
     (ReportState.AMENDED, 1, "amended")],
)  # fmt: skip
def test_the_status_follows_the_document(
    state: ReportState, version: int, expected: str
) -> None:
    report = make_report() if state is ReportState.DRAFT else signed(make_report())
    bundle = read(content(report, filed(state, version)))
    assert only(bundle, "DiagnosticReport")["status"] == expected
    assert observation(bundle, "facial-behaviour-index")["status"] == expected
    assert observation(bundle, "44261-6")["status"] == "final", "answers are what they are"
    roles = [a["type"]["coding"][0]["code"] for a in only(bundle, "Provenance")["agent"]]
    assert roles == ["assembler"] + ["verifier"] * (expected != "preliminary")


def test_without_a_document_the_report_is_partial() -> None:
    report = only(read(content()), "DiagnosticReport")
    assert report["status"] == "partial" and "presentedForm" not in report


def test_the_fingerprints_are_those_of_the_document() -> None:
    (form,) = only(read(content(signed(make_report()), filed())),
                   "DiagnosticReport")["presentedForm"]  # fmt: skip
    assert base64.b64decode(form["data"]) == PDF and form["size"] == len(PDF)
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert form["extension"] == [{"url": codes.SHA256_EXTENSION, "valueString": sha256}]
    assert base64.b64decode(form["hash"]) == hashlib.sha1(PDF).digest(), "SHA-1, as R4B defines"


def test_an_alert_leaves_the_conclusion_only_when_it_is_resolved() -> None:
    for state, listed in ((AlertState.RAISED, True), (AlertState.ACKNOWLEDGED, True),
                          (AlertState.RESOLVED, False)):  # fmt: skip
        report = only(read(content(make_report(alerts=(alert(state),)))), "DiagnosticReport")
        assert report["conclusion"].startswith("Safety alert") is listed


# Who


def test_named_it_says_who() -> None:
    patient = only(read(content()), "Patient")
    assert patient["name"] == [{"text": "Marta Kowalska"}]
    assert patient["birthDate"] == "1984-05-03" and patient["gender"] == "female"
    assert patient["identifier"][0]["value"] == "P-0148"


def test_under_a_pseudonym_nothing_names_anybody() -> None:
    found = content(signed(make_report()), filed(), named=False)
    bundle = read(found)
    said = json.dumps(bundle)
    for secret in ("Kowalska", "P-0148", "1984", "Lindqvist", "SE-118", "Sjövik", "visit_2026",
                   "Sleep still broken", base64.b64encode(PDF).decode()):  # fmt: skip
        assert secret not in said, secret
    assert only(bundle, "Patient")["identifier"] == [{"system": codes.PSEUDONYM, "value": "p1"}]
    assert bundle["meta"]["security"][0]["code"] == "PSEUDED"
    (form,) = only(bundle, "DiagnosticReport")["presentedForm"]
    assert "data" not in form and form["extension"][0]["valueString"] == filed().sha256


def test_an_error_that_names_a_file_stays_out() -> None:
    failed = replace(session(None), error="marta.mp4 is a text file.")
    assert "marta" not in json.dumps(read(content(make_report(session=failed), named=False)))


def test_consent_permits_and_denies_each_use() -> None:
    consent = only(read(content()), "Consent")
    ticks = {p["action"][0]["coding"][0]["code"]: p["type"]
             for p in consent["provision"]["provision"]}  # fmt: skip
    assert ticks == {"analyse-video": "permit", "keep-measurements": "permit",
                     "keep-video": "deny", "research-use": "deny",
                     "share-journal": "deny"}  # fmt: skip
    assert consent["policyRule"]["text"].endswith("version 3")
    assert consent["status"] == "active"


@pytest.mark.parametrize(("uses", "status", "denied"), [
    ({Use.VIDEO}, "active", {"keep-video"}),
    ({Use.ANALYSE}, "inactive", {"analyse-video"}),
    (set(Use), "inactive", {"analyse-video", "keep-measurements", "keep-video", "research-use",
                            "share-journal"}),
])  # fmt: skip
def test_a_withdrawn_consent_denies_and_is_inactive(
    uses: set[Use], status: str, denied: set[str]
) -> None:
    all_given = replace(session(None).consent, keep_video=True, research=True, journal=True)
    report = make_report(session=replace(session(None), consent=all_given),
                         withdrawals=(withdrawal(*uses),))  # fmt: skip
    consent = only(read(content(report)), "Consent")
    assert consent["status"] == status
    assert {p["action"][0]["coding"][0]["code"] for p in consent["provision"]["provision"]
            if p["type"] == "deny"} == denied  # fmt: skip


def test_the_device_names_every_fingerprint() -> None:
    device = only(read(content()), "Device")
    prints = {p["type"]["coding"][0]["code"]: p["valueCode"][0]["text"]
              for p in device["property"]}  # fmt: skip
    assert prints["model-face"] == summary().models[0].sha256
    assert prints["reference"] == "ab12" * 16 and prints["configuration"] == "cd34" * 16
    assert device["version"] == [{"value": "0.1.0"}]
    (source,) = only(read(content()), "Provenance")["entity"]
    assert source["what"]["identifier"]["value"] == summary().models[0].sha256


def test_made_up_data_is_marked_as_such() -> None:
    bundle = read(content(make_report(made_up=True)))
    assert bundle["meta"]["security"] == [
        {"system": codes.ACT_REASON, "code": "HTEST", "display": "test health data"}]  # fmt: skip


def test_a_form_that_is_not_known_is_refused() -> None:
    with pytest.raises(ReportError, match="GAD-7 is not known"):
        FhirContent(make_report(questionnaires=(gad7(),)), {}, None, True, NOW)


# The library


def test_the_library_is_loaded_only_to_write_and_without_a_warning() -> None:
    script = (
        "import sys; import emocare.report.fhir; import emocare.app\n"
        "assert not [m for m in sys.modules if m.startswith('fhir')]\n"
        "from fhir.resources.R4B.bundle import Bundle\n"
        "Bundle.model_validate({'resourceType': 'Bundle', 'type': 'collection'})\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=ROOT,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
