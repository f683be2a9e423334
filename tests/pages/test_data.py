"""The page Data: back-ups by one click, the key, retention, holds, erasure with its certificate."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.services import backups
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context
from emocare.ui.text import data as text
from tests.pages.conftest import Open, SignedIn, again, words
from tests.ui.scenes import MODEL, Scene, SteadyReader


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, key_holder="file")


def opened(open_page: Open, part: int = 0) -> AppTest:
    page = open_page("data", {"data_part": text.PARTS[part]})
    assert not page.exception and page.title[0].value == text.TITLE
    return page


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def field(page: AppTest, label: str) -> object:
    return [one for one in page.text_input if one.label == label][-1]


def codes(page: AppTest) -> list[str]:
    return [one.value for one in page.code]


def backed_up(page: AppTest, app: App) -> AppTest:
    """Presses the button and draws the page until the back-up is there."""
    page = press(page, text.NOW)
    for _ in range(600):
        job = app.backups.job
        if job is not None and not job.running:
            return page.run()
        time.sleep(0.02)
    raise AssertionError("the back-up did not end")


def noted(app: App, what: str) -> bool:
    return any(row.entry.what == what for row in app.audit.rows())


def test_the_empty_page_says_what_to_do(open_page: Open, app: App, settings: Settings) -> None:
    page = opened(open_page)
    said = words(page)
    assert text.EMPTY in said and text.NEXT_NEVER in said
    assert text.SAME_DISK in [one.value for one in page.warning]
    assert str(settings.data_dir.resolve() / "backups") in codes(page)
    assert "python -m emocare restore FILE" in codes(page)
    assert not page.dataframe and not page.error


def test_a_back_up_by_one_click(open_page: Open, app: App, scene: Scene) -> None:
    scene.patient("P-1", "Marta Kowalska")
    page = backed_up(opened(open_page), app)
    (made,) = app.backups.all()
    assert not page.exception and made.file.name in page.success[0].value.replace("\\", "")
    row = page.dataframe[0].value.iloc[0]
    assert (row["Patients"], row["Tried out"], row["File"]) == (1, text.TRIED, made.file.name)
    assert any(str(made.file.resolve()) in one for one in codes(page))
    assert noted(app, "backups.begin")


def test_a_back_up_that_failed_says_why(open_page: Open, app: App, settings: Settings) -> None:
    (settings.data_dir / "backups").write_text("in the way")
    page = backed_up(opened(open_page), app)
    assert "backup_dir" in page.error[0].value.replace("\\", "")


def test_a_fault_of_the_daily_one_is_shown_and_another_disk_warns_no_more(
    open_page: Open, app: App, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.patient("P-1", "Marta Kowalska")
    app.backups._fault = "The disk is too full."
    monkeypatch.setattr(backups, "on_same_disk", lambda folder, database: False)
    page = opened(open_page)
    assert "too full" in page.error[0].value and not page.warning
    assert text.NEXT_NOW in words(page)


def test_the_recovery_file_is_deleted_with_the_sheet_in_hand(open_page: Open, app: App) -> None:
    file, key = app.vault.recovery_file, app.vault.keys()[0]
    page = opened(open_page, 1)
    assert str(file.resolve()) in codes(page) and text.ROTATE_COMMAND in codes(page)
    assert key.recovery not in words(page) + str(codes(page))
    field(page, text.ENDING.format(count=6)).input(key.recovery[-7:])
    page = press(page, text.PRINTED)
    assert page.error[0].value == text.TICK_FIRST and file.is_file()
    page.checkbox[0].check()
    field(page, text.ENDING.format(count=6)).input("WRONGX")
    page = press(page, text.PRINTED)
    assert "last 6 letters" in page.error[0].value and file.is_file()
    field(page, text.ENDING.format(count=6)).input(key.recovery[-7:])
    page = press(page, text.PRINTED)
    assert page.success[0].value == text.PRINTED_DONE and not file.exists()
    assert page.info[0].value == text.RECOVERY_GONE
    assert noted(app, "vault.printed")
    assert key.recovery[-7:] not in str([row.entry for row in app.audit.rows()])


def test_without_a_retention_time_everything_is_kept(open_page: Open, app: App) -> None:
    page = opened(open_page, 2)
    assert text.ALL_KEPT in words(page) and len(page.dataframe[0].value) == 5
    assert not [one for one in page.button if one.label == text.REMOVE]


def test_what_is_past_its_time_is_shown_and_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, open_page: Open, app: App, scene: Scene
) -> None:
    patient = scene.patient("P-1", "Marta Kowalska")
    app.journal.write(patient.id, "A walk in the wood.", False)
    with app._store._write() as cursor:
        cursor.execute("UPDATE journal SET written_at = written_at - INTERVAL 40 DAY")
    app.close()
    with build_app(replace(settings, keep_journal_days=30),
                   lambda: LoadedFace(SteadyReader(), (MODEL,))) as kept:  # fmt: skip
        monkeypatch.setattr(context, "_shared_app", lambda: kept)
        page = opened(open_page, 2)
        row = page.dataframe[0].value.set_index("Setting").loc["keep_journal_days"]
        assert (row["Kept for"], row["Past its time"], row["Of patients"]) == ("30 days", 1, 1)
        page = press(page, text.REMOVE)
        assert page.error[0].value == text.TICK_FIRST
        assert len(kept.journal.entries(patient.id)) == 1
        page.checkbox[0].check()
        page = press(page, text.REMOVE)
        assert "password" in page.error[0].value
        assert len(kept.journal.entries(patient.id)) == 1
        again(page)
        page = press(page, text.REMOVE)
        assert "1 journal entries" in page.success[0].value
        assert text.NOTHING_PAST in words(page) and kept.journal.entries(patient.id) == []
        assert noted(kept, "data_life.remove_expired")


def test_a_hold_is_set_blocks_and_is_lifted(open_page: Open, app: App, scene: Scene) -> None:
    scene.patient("P-1", "Marta Kowalska")
    page = opened(open_page, 3)
    assert text.NO_HOLDS in words(page)
    page.text_input[0].input("P-1")
    page = press(page, text.SET)
    assert "needs a reason" in page.error[0].value
    page.text_input[0].input("P-1")
    field(page, text.REASON).input("court order")
    page = press(page, text.SET)
    assert "P-1" in page.success[0].value.replace("\\", "")
    assert page.dataframe[0].value.iloc[0]["Patient number"] == "P-1"
    assert page.dataframe[0].value.iloc[0]["Reason"] == "court order"
    page.text_input(key="erase_code").input("P-1")
    page = press(page, text.ERASE_LOOK)
    assert "court order" in page.warning[0].value
    assert not [one for one in page.button if one.label == text.ERASE_GO]
    page.text_input[0].input("P-1")
    page = press(page, text.LIFT)
    assert "Lifted: 1" in page.success[0].value and app.data_life.holds() == []
    assert noted(app, "data_life.hold") and noted(app, "data_life.lift")


def test_a_patient_is_erased_with_their_number_and_a_certificate(
    open_page: Open, app: App, scene: Scene
) -> None:
    patient = scene.patient("P-1", "Marta Kowalska")
    app.journal.write(patient.id, "A walk in the wood.", False)
    page = opened(open_page, 3)
    page.text_input(key="erase_code").input("P-9")
    page = press(page, text.ERASE_LOOK)
    assert page.error and not page.dataframe
    page.text_input(key="erase_code").input("P-1")
    page = press(page, text.ERASE_LOOK)
    counts = dict(page.dataframe[0].value.itertuples(index=False))
    assert counts == {"entries of the person": 1, "journal entries": 1}
    field(page, text.ERASE_TYPE).input("P-2")
    page = press(page, text.ERASE_GO)
    assert page.error[0].value == text.ERASE_NOT_SAME and app.people.by_code("P-1")
    field(page, text.ERASE_TYPE).input("P-1")
    page = press(page, text.ERASE_GO)
    assert "password" in page.error[0].value and app.people.by_code("P-1")
    field(page, text.ERASE_TYPE).input("P-1")
    again(page)
    page = press(page, text.ERASE_GO)
    assert not page.exception and app._store.patients() == []
    (certificate,) = codes(page)
    assert "Certificate of erasure" in certificate and "number P-1" in certificate
    assert "Kowalska" not in certificate
    page = press(page, text.CERTIFICATE_TAKEN)
    assert codes(page) == [] and noted(app, "data_life.erase")


def test_an_administrator_alone_has_the_page(
    open_page: Open, app: App, signed_in: SignedIn
) -> None:
    signed_in.as_(replace(signed_in.account, roles=frozenset({context.ADMINISTRATOR})))
    assert not opened(open_page).exception


def test_a_path_with_blanks_is_quoted() -> None:
    from emocare.ui.data_backups import quoted, size

    assert quoted("/a b/c") == '"/a b/c"' and quoted("/a/c") == "/a/c"
    assert size(1_234_567) == "1.2 MB" and Path(quoted("/a")) == Path("/a")
