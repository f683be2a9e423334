"""The walk through the real app: every scene that has a picture, with the sample clips."""

from __future__ import annotations

import re
from typing import Any

from camera import Camera, settle
from playwright.sync_api import expect

from tests.browser import entrance
from tests.browser.test_straight_line import (
    READING_MS,
    agree_and_start,
    button,
    choose,
    decide,
    pick_sample,
    sign,
)

SIZES = ("1440", "1024")
APPEARANCES = (*SIZES, "1440-dark", "1024-dark")
SECOND_PERSON = ("SAMPLE-2", "Jonas Sample")
UNREADABLE = "dark_then_light"
"""A clip too short and too dark for a reading."""
CHARTS, LAST_CHART = ".js-plotly-plot .main-svg .xaxislayer-above", 3
"""What a drawn chart holds, and the number of the last one on Evidence from 0."""
ANSWERS = ("Several days", "More than half the days", "Several days", "More than half the days",
           "Not at all", "Several days", "Several days", "Not at all", "Not at all")  # fmt: skip
"""Answers of the first person to the nine questions; the last one raises no alert."""
PICTURED_QUESTION = 3


def clinic(page: Any, camera: Camera) -> None:
    """From an empty clinic to a signed report, then a second person without a usable face."""
    button(page, "Try with a sample").click()
    expect(page.get_by_text("The patient’s part of the picture")).to_be_visible()
    agree_and_start(page, keep_video=True)
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"s read"))).to_be_visible()
    camera.take(page, "upload", SIZES)
    button(page, "Open review").click(timeout=READING_MS)
    answer_alone(page, camera)
    review(page, camera)
    report(page, camera)
    add_second_person(page)
    page.get_by_text(re.compile("The questionnaire opens in")).wait_for(timeout=READING_MS)
    crisis(page, camera)
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    camera.take(page, "review-unreliable", SIZES)
    page.get_by_role("link", name="Patients").click()
    expect(page.get_by_role("heading", name="All patients")).to_be_visible()
    camera.take(page, "home", APPEARANCES)


def answer_alone(page: Any, camera: Camera) -> None:
    """The first person answers; the answers count for the recording on screen."""
    button(page, "Open questionnaire").click()
    button(page, "Hand over and start").click()
    for number, words in enumerate(ANSWERS, 1):
        expect(page.get_by_text(f"Question {number} of 9")).to_be_visible()
        choose(page, words)
        if number == PICTURED_QUESTION:
            camera.take(page, "questionnaire", SIZES)
        button(page, "Next").click()
    expect(page.get_by_role("heading", name="If you checked off")).to_be_visible()
    choose(page, "Somewhat difficult")
    button(page, "Next").click()
    button(page, "Staff: go on").click()
    take_back(page)


def take_back(page: Any) -> None:
    """The device was in the patient's hands: it comes back with the password."""
    page.get_by_label("Your password").fill(entrance.PASSWORD)
    button(page, "Take it back").click()
    settle(page)


def add_second_person(page: Any) -> None:
    """A second person whose clip cannot be read waits in the queue."""
    code, name = SECOND_PERSON
    page.get_by_role("link", name="Upload").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    button(page, "Add patient").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Number in your clinic").fill(code)
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Enter")
    settle(page)
    dialog.get_by_role("button", name="Add patient").click()
    expect(dialog).to_have_count(0)
    pick_sample(page, UNREADABLE)
    agree_and_start(page, keep_video=True)
    expect(button(page, "Cancel").first).to_be_visible()


def crisis(page: Any, camera: Camera) -> None:
    """The questionnaire that opens by itself, and the card after the last question."""
    for number in range(1, 9):
        expect(page.get_by_text(f"Question {number} of 9")).to_be_visible()
        choose(page, "More than half the days" if number % 3 else "Several days")
        button(page, "Next").click()
    expect(page.get_by_text("Question 9 of 9")).to_be_visible()
    choose(page, "Several days")
    expect(page.get_by_role("heading", name="You do not have to be alone")).to_be_visible()
    camera.take(page, "crisis", SIZES)
    button(page, "I have told someone here").click()
    button(page, "Next").click()
    expect(page.get_by_role("heading", name="If you checked off")).to_be_visible()
    choose(page, "Somewhat difficult")
    button(page, "Next").click()
    button(page, "Staff: go on").click()
    take_back(page)


def review(page: Any, camera: Camera) -> None:
    """The long clip with its two dialogs."""
    expect(page.get_by_role("heading", name="The session over time")).to_be_visible()
    camera.take(page, "review", (*SIZES, "1440-dark"))
    for name, scene in (("Compare item by item", "compare"), ("Picture quality", "quality")):
        button(page, name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        camera.take(page, scene, SIZES, whole=False)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def report(page: Any, camera: Camera) -> None:
    """The draft, then the signed one."""
    decide(page)
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    camera.take(page, "report", SIZES)
    sign(page)
    camera.take(page, "report-signed", ("1440",))


def evidence(page: Any, camera: Camera, address: str) -> None:
    """The figures of the engine; its charts are drawn only where they were measured."""
    page.goto(f"{address}/evidence")
    expect(page.get_by_text("What it cannot do").first).to_be_visible()
    settle(page)
    charts = page.locator(CHARTS)
    if charts.count():
        charts.nth(LAST_CHART).wait_for()
    camera.take(page, "evidence", (*SIZES, "1440-dark"))


def timeline(page: Any, camera: Camera, address: str) -> None:
    """A year of visits, a course with gaps, a dialog, and the plan in the patient's hands."""
    open_course(page, address, "Marta Kowalska")
    camera.take(page, "timeline", (*SIZES, "1440-dark"))
    button(page, "Add treatment change").click()
    expect(page.get_by_role("dialog").get_by_label("New, or another dose of")).to_be_visible()
    camera.take(page, "timeline-add", ("1440",), whole=False)
    page.keyboard.press("Escape")
    button(page, "Show to the patient").click()
    expect(page.get_by_role("heading", name="Your plan")).to_be_visible()
    camera.take(page, "plan", ("1024",))
    button(page, "Hand the device back").click()
    button(page, "Staff: go on").click()
    take_back(page)
    open_course(page, address, "Jonas Berg")
    camera.take(page, "timeline-gaps", ("1024",))


def open_course(page: Any, address: str, name: str) -> None:
    """Chooses a person on the page Timeline and waits for the chart."""
    page.goto(f"{address}/timeline")
    page.get_by_role("combobox", name="Patient").click()
    page.get_by_role("option", name=re.compile(name)).click()
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")


def demo(page: Any, camera: Camera, address: str) -> None:
    """Home of the demo clinic, and where its guided start leads."""
    page.goto(address)
    expect(page.get_by_role("heading", name="What to look at")).to_be_visible()
    expect(page.get_by_role("heading", name="All patients")).to_be_visible()
    camera.take(page, "demo-home", APPEARANCES)
    button(page, "A session with its film").click()
    expect(page.get_by_role("heading", name="The session over time")).to_be_visible()
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")
    camera.take(page, "demo-review", SIZES)
    button(page, "Next:").click()
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    camera.take(page, "demo-abstention", SIZES)
    button(page, "Next:").click()
    expect(page.get_by_text("The strip stays")).to_be_visible()
    camera.take(page, "demo-alert", SIZES)
    button(page, "Next:").click()
    page.locator(".js-plotly-plot .xtick").first.wait_for(state="attached")
    camera.take(page, "demo-timeline", SIZES)
    button(page, "Next:").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    camera.take(page, "demo-report", SIZES)
