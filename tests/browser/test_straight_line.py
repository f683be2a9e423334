"""The straight line in a real browser: sample, progress, review, decision, signature, PDF.

And the other way: a clip without a usable face, the questionnaire that opens by itself, the crisis
card, and the alert that waits on the first page.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from emocare.settings import load_settings
from emocare.ui.theme import DARK, LIGHT, STARRED_SELECTORS
from tests.browser import entrance
from tests.browser.conftest import PATIENCE_MS, ROOT, Clinic

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect, Page = playwright.expect, playwright.Page

SAMPLES = load_settings().samples_dir
MANIFEST = SAMPLES / "manifest.json"
CANCELLED = re.compile("Cancelled (at|before)")
READING_MS = 900_000
"""A long clip on a slow machine."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MANIFEST.is_file(), reason="the sample clips are not there"),
]

expect.set_options(timeout=PATIENCE_MS)


def samples() -> dict[str, dict[str, Any]]:
    """Name -> what truly happens in the clip, of every clip that is there."""
    clips = json.loads(MANIFEST.read_text(encoding="utf-8"))["clips"]
    return {
        clip["name"]: json.loads((SAMPLES / clip["truth"]).read_text(encoding="utf-8"))
        for clip in clips if (SAMPLES / clip["file"]).is_file()
    }  # fmt: skip


def longest() -> str:
    found = samples()
    return max(found, key=lambda name: found[name]["duration_s"])


def faceless() -> str:
    return next(name for name, truth in samples().items() if truth["people"] == 0)


def button(page: Page, name: str | re.Pattern[str]) -> Any:
    return page.get_by_role("button", name=name)


def tick(page: Page, label: str) -> None:
    page.locator("label", has_text=label).first.click()


def agree_and_start(page: Page, *, keep_video: bool) -> None:
    tick(page, "Analysis of this recording")
    tick(page, "Keep derived measurements")
    if keep_video:
        tick(page, "Keep this video")
    start = button(page, "Start")
    expect(start).to_be_enabled()
    start.click()


def pick_sample(page: Page, name: str) -> None:
    title = samples()[name]["title"]
    page.get_by_test_id("stButtonGroup").get_by_text(title).click()
    expect(page.get_by_text("The patient’s part of the picture")).to_be_visible()


def test_from_a_sample_to_a_signed_report(page: Page, clinic: Clinic, tmp_path: Path) -> None:
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    expect(page.get_by_text("The patient’s part of the picture")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    agree_and_start(page, keep_video=True)

    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"s read"))).to_be_visible()
    # Away and back: the queue goes on without the page.
    page.get_by_role("link", name="Patients").click()
    expect(page.get_by_role("heading", name="All patients")).to_be_visible()
    page.get_by_role("link", name="Upload").click()
    review = button(page, "Open review")
    review.wait_for(timeout=READING_MS)
    review.click()

    expect(page.get_by_role("heading", name="The session over time")).to_be_visible()
    assert_cursor_follows(page)
    page.reload()
    expect(page.get_by_text("Sample Person")).to_be_visible()
    decide(page)

    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    sign(page)
    pdf = download(page, tmp_path / "report.pdf")
    text = pdf_text(pdf)
    truth = samples()[longest()]["expected"]
    assert "Sample Person" in text
    assert re.search(r"typical range|atypical|indeterminate", text, re.IGNORECASE)
    assert truth["gate"] in text.lower()
    assert model_hash()[:12] in text.replace("\n", "").replace(" ", "")
    assert "Dr A. Lindqvist" in text
    assert "DRAFT" not in text
    assert clinic.outside == []


def assert_cursor_follows(page: Page) -> None:
    """The line in the chart moves with the clip, a click in the chart seeks, keys step."""
    video = page.locator(".st-key-clip video")
    expect(video).to_be_visible()
    chart = page.locator(".st-key-session_chart .js-plotly-plot")
    chip = chart.locator("div > span")
    expect(chip).to_have_text("0:00")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 120)
    expect(chip).not_to_have_text("0:00")
    page.wait_for_function("document.querySelector('.st-key-clip video').currentTime > 10")
    before = video.evaluate("v => v.currentTime")
    page.locator(".stMainBlockContainer").press("p")
    page.wait_for_function(
        "t => document.querySelector('.st-key-clip video').currentTime > t + 0.5", arg=before
    )
    page.locator(".stMainBlockContainer").press("p")
    page.wait_for_function("document.querySelector('.st-key-clip video').paused")
    moments = page.locator("[data-part=moments] button")
    if moments.count():
        earliest = min(moments.evaluate_all("all => all.map(one => Number(one.dataset.t))"))
        for _ in range(moments.count() + 1):
            page.locator(".stMainBlockContainer").press("ArrowLeft")
        page.wait_for_function(
            "t => Math.abs(document.querySelector('.st-key-clip video').currentTime - t) < 0.5",
            arg=earliest,
        )


def decide(page: Page) -> None:
    page.locator("button", has_text="Mild").first.click()
    note = page.get_by_label("Note for the report")
    note.fill("Less withdrawn, in her own words.")
    note.press("Control+Enter")
    button(page, "Save and make report").click()


def sign(page: Page) -> None:
    page.get_by_label("Role").fill("psychiatrist")
    page.get_by_label("Licence number").fill("SE-118 203")
    tick(page, "I have read the report.")
    page.get_by_role("textbox", name="Your password").fill(entrance.PASSWORD)
    button(page, "Sign report").click()
    expect(page.get_by_text("Signed by")).to_be_visible()
    expect(page.get_by_text("Fingerprint (SHA-256) of this version")).to_be_visible()
    expect(button(page, "PDF")).to_have_count(1)


def download(page: Page, target: Path) -> Path:
    with page.expect_download() as waiting:
        button(page, "PDF").click()
    waiting.value.save_as(target)
    return target


def pdf_pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def pdf_text(path: Path) -> str:
    return "\n".join(pdf_pages(path))


def model_hash() -> str:
    manifest = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))
    face = next(model for model in manifest["models"] if model["id"] == "face")
    return str(face["files"]["weights"]["sha256"])


def test_without_a_face_the_questionnaire_opens_and_item_9_alerts_the_clinic(
    page: Page, clinic: Clinic, tmp_path: Path
) -> None:
    """Unreliable clip, form with the reason, crisis card, banner, acknowledged, resolved, PDF."""
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    pick_sample(page, faceless())
    agree_and_start(page, keep_video=False)
    page.get_by_text(re.compile("The questionnaire opens in")).wait_for(timeout=READING_MS)
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    reason = page.get_by_text("The picture could not be used, so we ask instead.")
    expect(reason).to_contain_text("face")
    expect(page.get_by_role("link", name="Patients")).to_have_count(0)
    answer_selectors(page)

    for number in range(1, 9):
        expect(page.get_by_text(f"Question {number} of 9")).to_be_visible()
        choose(page, "Not at all" if number > 1 else "Several days")
        button(page, "Next").click()
    expect(page.get_by_text("Question 9 of 9")).to_be_visible()
    choose(page, "Several days")
    expect(page.get_by_role("heading", name="You do not have to be alone")).to_be_visible()
    expect(page.get_by_text("+46 8 555 01 40")).to_be_visible()
    button(page, "I have told someone here").click()
    button(page, "Next").click()
    expect(page.get_by_role("heading", name="If you checked off")).to_be_visible()
    choose(page, "Somewhat difficult")
    button(page, "Next").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    button(page, "Staff: go on").click()
    expect(page.get_by_role("heading", name="This device is in the hands")).to_be_visible()
    expect(page.get_by_role("link", name="Patients")).to_have_count(0)
    page.get_by_role("textbox", name="Your password").fill(entrance.PASSWORD)
    button(page, "Take it back").click()

    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    # What the person did with the card has closed nothing; every page of the clinic says it.
    strip = page.locator(".st-key-alert")
    for title in ("Upload", "Evidence", "Report", "Questionnaire", "Review", "Patients"):
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "page")
        expect(strip.get_by_text("PHQ-9 item 9 “several days”")).to_be_visible()
    button(page, "Acknowledge").click()
    expect(strip.get_by_text("Acknowledged")).to_be_visible()
    page.reload()
    expect(strip.get_by_text("Acknowledged")).to_be_visible()
    button(page, "Resolve").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Resolve", exact=True)).to_be_disabled()
    dialog.get_by_label("Note").fill("Brother stays with her tonight.")
    dialog.get_by_text("Safety plan made").click()
    dialog.get_by_role("button", name="Resolve", exact=True).click()
    expect(strip).to_have_count(0)
    expect(page.locator(STARRED_SELECTORS[3]).first).to_be_visible()
    expect(page.locator(STARRED_SELECTORS[4]).first).to_be_attached()

    button(page, "Review session").click()
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    decide(page)
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    sign(page)
    first = " ".join(pdf_pages(download(page, tmp_path / "alert.pdf"))[0].split())
    assert "Safety alert: Thoughts of death or self-harm were reported" in first
    assert "Thoughts that you would be better off dead" in first
    assert "Answer: Several days." in first
    assert "Acknowledged by Dr A. Lindqvist" in first
    assert re.search(r"Resolved by Dr A\. Lindqvist, .*: Safety plan made\.", first)
    assert "Note: Brother stays with her tonight." in first
    assert "A zero does not rule out risk." in first
    assert "No reliable face" in first
    assert clinic.outside == []


def settled(page: Page) -> None:
    """Waits until the page has drawn what it has to draw."""
    app = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    app.wait_for(state="attached", timeout=PATIENCE_MS)


def choose(page: Page, words: str) -> None:
    """Chooses an answer once the answers of the question before it have left the page."""
    go_on = button(page, "Next").or_(button(page, "Go on with the questions"))
    for _ in range(10):
        settled(page)
        if go_on.first.is_enabled():
            break
        # A late crisis card takes the answers away: then the click before this one has counted.
        with contextlib.suppress(playwright.TimeoutError):
            page.get_by_role("radiogroup", name="Answers").get_by_text(words).click(timeout=3000)
        page.wait_for_timeout(500)
    expect(go_on).to_be_enabled()


def answer_selectors(page: Page) -> None:
    """Every selector that hangs on Streamlit's own names matches something."""
    choose(page, "Several days")
    expect(page.locator(STARRED_SELECTORS[2])).to_have_count(1)
    for selector in STARRED_SELECTORS[:3]:
        assert page.locator(selector).count() > 0, selector


def test_keyboard_answers_a_question(page: Page, clinic: Clinic) -> None:
    """Arrows choose, one Tab leads to Next, Enter goes on."""
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.get_by_role("link", name="Questionnaire").click()
    button(page, "Hand over and start").click()
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    # The choices of the page before are radios too, and stay until the answers are drawn.
    answers = page.get_by_role("radiogroup", name="Answers").get_by_role("radio")
    expect(answers).to_have_count(4)
    settled(page)
    answers.first.focus()
    page.keyboard.press("Space")
    expect(answers.first).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Several days")).to_be_checked()
    expect(button(page, "Next")).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Question 2 of 9")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Welcome back. We go on with question 2.")).to_be_visible()
    assert clinic.outside == []


def test_a_box_is_dragged_and_two_tabs_see_one_queue(page: Page, clinic: Clinic) -> None:
    button(page, "Try with a sample").click()
    expect(page.get_by_text("Whole picture, ")).to_be_visible()
    picture = page.locator(".js-plotly-plot .nsewdrag").first
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=6)
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.9, steps=6)
    page.mouse.up()
    chosen = page.get_by_text(re.compile(r"Patient’s part: \d+ to \d+ px across"))
    expect(chosen).to_be_visible()
    numbers = [int(n) for n in re.findall(r"\d+", chosen.inner_text())]
    left, right, top, bottom, width, height = numbers
    assert 0.15 < left / width < 0.35 and 0.65 < right / width < 0.85
    assert 0.05 < top / height < 0.2 and 0.8 < bottom / height < 0.95
    button(page, "Reset").click()
    expect(page.get_by_text("Whole picture, ")).to_be_visible()
    button(page, "Left half").click()
    agree_and_start(page, keep_video=False)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()

    other = page.context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    other.goto(f"{clinic.address}/upload")
    expect(other.get_by_role("button", name="Cancel")).to_be_visible()
    button(other, "Cancel").click()
    expect(other.get_by_text(CANCELLED)).to_be_visible()
    expect(page.get_by_text(CANCELLED)).to_be_visible()
    button(other, "Dismiss").click()
    expect(page.get_by_text("Nothing is being read.")).to_be_visible()
    assert clinic.outside == []


def test_the_first_address_of_a_fresh_server_may_be_any_page(
    chromium: Any, clinic: Clinic
) -> None:
    """Streamlit calls every page but the first "not found" until it has run once."""
    opened = chromium.new_page()
    entrance.let_in(opened.context, clinic.address)
    opened.goto(f"{clinic.address}/review")
    expect(opened.get_by_text("Nothing has been recorded yet.")).to_be_visible()
    expect(opened.get_by_role("dialog")).to_have_count(0)
    opened.close()


def test_a_person_opens_from_the_table(page: Page, clinic: Clinic) -> None:
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.get_by_role("link", name="Patients").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 40, box["y"] + 56)
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    assert "patient=" in page.url


def test_colours_follow_the_system_while_the_page_is_open(page: Page, clinic: Clinic) -> None:
    """Charts, logo and chosen options carry colours of the last run, so a new one is asked for."""
    expect(button(page, "Try with a sample")).to_be_visible()
    for scheme, colours in (("light", LIGHT), ("dark", DARK), ("light", LIGHT)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "rule => [...document.querySelectorAll('style')]"
            ".some(sheet => sheet.textContent.includes(rule))",
            arg=f".st-key-voice_q {{border-top: 3px solid {colours.answered}}}",
        )
    assert clinic.outside == []


def test_a_page_whose_content_vanished_is_loaded_again(page: Page, clinic: Clinic) -> None:
    """Streamlit can drop a page's content when a late request of the page before arrives."""
    button(page, "Try with a sample").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    page.evaluate("document.querySelector('.st-key-page').remove()")
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    expect(page.get_by_role("combobox", name="Patient")).to_have_value("Sample Person, SAMPLE-1")
