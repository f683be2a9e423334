"""Names and notes of the world: printed as they are, or spelled and marked, never boxes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_builder import make_report
from report_reading import whole_text
from reportlab.pdfbase.ttfonts import TTFont

from emocare.report.fonts import BOLD, FALLBACK, REGULAR, _PlainFont, _ShapedFont, characters
from emocare.report.render import render_pdf
from emocare.report.shaping import MARK, Writing, clean, decide, is_right_to_left, markup

EUROPEAN = (
    "Łukasz Żółć-Świątek", "İğdır Şükrü Öztürk", "Nguyễn Thị Ánh Đặng", "Ελένη Παπαδοπούλου",
    "Юлия Щербакова", "Þorbjörg Æsa", "Dvořák Řehoř", "Ștefan Țăranu",
)  # fmt: skip
NATIVE = {
    "محمد بن عبد الله": Writing.RIGHT_TO_LEFT, "میترا پژمان": Writing.RIGHT_TO_LEFT,
    "דוד כהן": Writing.RIGHT_TO_LEFT, "कृष्ण मूर्ति": Writing.SHAPED,
    "রবীন্দ্রনাথ ঠাকুর": Writing.SHAPED, "சுப்பிரமணியம்": Writing.SHAPED,
    "శ్రీనివాస్": Writing.SHAPED, "ಕೃಷ್ಣ": Writing.SHAPED, "കൃഷ്ണൻ": Writing.SHAPED,
    "શ્રીકૃષ્ણ": Writing.SHAPED, "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ": Writing.SHAPED, "ศิริพร น้ำผึ้ง": Writing.SHAPED,
    "王小明": Writing.PLAIN, "山田太郎": Writing.PLAIN, "김철수": Writing.PLAIN,
    "Әлия Қазақ": Writing.PLAIN, "გიორგი": Writing.PLAIN, "Գևորգյան": Writing.PLAIN,
}  # fmt: skip
FOREIGN = ("አበበ ቢቂላ", "ព្រះ", "མཚོ", "😀", "\ue123", "ᚠᚢᚦ")


@pytest.mark.parametrize("name", EUROPEAN)
def test_european_names_print_in_one_face(name: str) -> None:
    decision = decide(name)
    assert decision.writing is Writing.PLAIN
    assert {piece.font for piece in decision.words} == {REGULAR}
    assert " ".join(piece.text for piece in decision.words) == name


def test_european_names_can_be_read_back_from_the_file() -> None:
    report = make_report()
    assert report.review is not None
    note = "\n".join(EUROPEAN)
    report = replace(report, patient=replace(report.patient, name=EUROPEAN[2]),
                     review=replace(report.review, note=note))  # fmt: skip
    text = whole_text(render_pdf(report))
    assert all(name in text for name in EUROPEAN)
    assert text.count(EUROPEAN[2]) >= 4


@pytest.mark.parametrize(("name", "writing"), NATIVE.items())
def test_other_scripts_are_native(name: str, writing: Writing) -> None:
    decision = decide(name)
    assert decision.writing is writing
    assert not any(MARK in piece.text for piece in decision.words)
    for piece in decision.words:
        assert set(map(ord, piece.text)) <= characters(piece.font), piece


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("bold", [False, True])
def test_what_no_font_writes_is_spelled_and_marked(name: str, bold: bool) -> None:
    decision = decide(name, bold=bold)
    assert decision.writing is Writing.TRANSLITERATED
    assert decision.words[0].text == MARK
    assert len(decision.words) > 1
    for piece in decision.words:
        assert piece.font == (BOLD if bold else REGULAR)
        assert set(map(ord, piece.text)) <= characters(piece.font) | {0xA0}


def test_only_the_foreign_words_are_spelled() -> None:
    words = [piece.text for piece in decide("Anna አበበ Łucja").words]
    assert words[0] == MARK and words[1] == "Anna" and words[-1] == "Łucja"
    assert words[2].isascii()


def test_a_foreign_word_in_a_right_to_left_name_is_spelled_in_reading_order() -> None:
    words = [piece.text for piece in decide("אבג አበበ").words]
    assert words == [MARK, "'vg", "'abebe"]


def test_arabic_letters_are_joined_and_turned() -> None:
    (word,) = decide("علي").words
    assert word.font == FALLBACK
    assert word.text == "\N{ARABIC LETTER YEH FINAL FORM}\N{ARABIC LETTER LAM MEDIAL FORM}" \
                        "\N{ARABIC LETTER AIN INITIAL FORM}"  # fmt: skip


def test_digits_inside_arabic_keep_their_direction() -> None:
    drawn = [piece.text for piece in decide("علي 2026").words]
    assert drawn[0] == "2026"


def test_the_arabic_name_is_read_back_in_reading_order() -> None:
    report = make_report()
    report = replace(report, patient=replace(report.patient, name="دوود علي"))
    assert "علي" in whole_text(render_pdf(report))


def test_mixed_scripts_get_a_space_between_fonts() -> None:
    pieces = [(piece.font, piece.text) for piece in decide("3月").words]
    assert pieces == [(REGULAR, "3"), ("DroidSansFallback", "月")]


def test_a_word_with_one_rare_letter_changes_its_font_as_a_whole() -> None:
    assert {piece.font for piece in decide("Қазақ").words} == {FALLBACK}


@pytest.mark.parametrize(
    ("dirty", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\tb\u2003c", "a b c"),
        ("line\r\nnext\rlast", "line\nnext\nlast"),
        ("e\u0301", "é"),
        ("\ud800x\udfff", "x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
    ],
)
def test_clean(dirty: str, kept: str) -> None:
    assert clean(dirty) == kept


def test_markup_is_escaped() -> None:
    assert markup('<b>x</b> & "y"') == '&lt;b&gt;x&lt;/b&gt; &amp; "y"'
    assert markup("plain", bold=True) == "<b>plain</b>"


def test_markup_in_every_field_is_printed_as_it_was_typed() -> None:
    evil = ("<b>never closed", "</para><img src='/etc/passwd'/>", "&#0; &nope;", "<?xml?>", "<a/>",
            "<font color='red'>", "<!-- -->", "<br>")  # fmt: skip
    report = make_report()
    assert report.review is not None
    report = replace(
        report, clinic=evil[0],
        patient=replace(report.patient, name=evil[1], code=evil[2], sex=evil[3]),
        visit=replace(report.visit, reason=evil[4], camera=evil[5], language=evil[6]),
        review=replace(report.review, note="\n".join(evil), reviewer=evil[7]),
        agreement_text=evil[0],
    )  # fmt: skip
    text = whole_text(render_pdf(report))
    assert all(text.count(part) >= 2 for part in evil)


def test_empty_fields_do_not_break_the_page() -> None:
    report = make_report()
    assert report.review is not None
    report = replace(
        report, clinic="", patient=replace(report.patient, name="", code=""),
        review=replace(report.review, note="", reviewer=""), agreement_text="",
    )  # fmt: skip
    assert "No note was written." in whole_text(render_pdf(report))


def test_direction_is_that_of_the_first_letter() -> None:
    assert is_right_to_left("2026 علي Ali")
    assert not is_right_to_left("2026 Ali علي")
    assert not is_right_to_left("2026")


def test_no_glyph_is_missing_in_a_report_full_of_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every string that reaches the page passes ``splitString``; none may need .notdef."""
    missing: set[tuple[str, str]] = set()
    drawn: set[str] = set()
    split = TTFont.splitString

    def watched(self: TTFont, text: str, *rest: object) -> object:
        drawn.add(self.fontName)
        known = self.face.charToGlyph
        missing.update((self.fontName, c) for c in text if ord(c) != 0xA0 and not known.get(ord(c)))
        return split(self, text, *rest)

    for kind in (_PlainFont, _ShapedFont):
        monkeypatch.setattr(kind, "splitString", watched)
    everything = "\n".join((*EUROPEAN, *NATIVE, *FOREIGN, "≥ 5 → ✓ “quoted” … ½"))
    report = make_report()
    assert report.review is not None
    line = " / ".join((*NATIVE, *FOREIGN))
    report = replace(
        report, clinic=line, patient=replace(report.patient, name=line),
        review=replace(report.review, note=everything),
    )  # fmt: skip
    render_pdf(report)
    assert missing == set()
    assert {"NotoSansDevanagari", "NotoSansThai", "DroidSansFallback", FALLBACK} <= drawn


def test_right_to_left_prose_is_broken_in_reading_order() -> None:
    report = make_report()
    assert report.review is not None
    first, last = "שלום", "סוף"
    note = f"{first} {'מילה ' * 60}{last}"
    report = replace(report, review=replace(report.review, note=note))
    text = whole_text(render_pdf(report))
    assert text.index(first) < text.index(last)
