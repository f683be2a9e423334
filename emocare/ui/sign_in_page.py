"""The pages before anybody is signed in, as HTML: they look like the product and run no script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from emocare.ui import text as house
from emocare.ui.text import demo as demo_words
from emocare.ui.text import entry as more
from emocare.ui.text import sign_in as text
from emocare.ui.theme import DARK, LIGHT, Palette

STATIC = Path(__file__).resolve().parents[2] / "static"
FIRST, NAME, CODE, PASSWORD, DEMO = "first", "name", "code", "password", "demo"
"""Steps of signing in, as the form names them."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a page asks.

    Attributes:
        step: Which form is shown.
        ticket: Proves the step before.
        onward: Where the browser goes afterwards; a checked address of this application.
        login: What was typed as the name, shown again.
        full_name: Likewise.
        error: Why it did not work, with the remedy.
        note: What happened before, such as being signed out.
        providers: Name and label of each provider that can sign in instead.
    """

    step: str = NAME
    ticket: str = ""
    onward: str = "/"
    login: str = ""
    full_name: str = ""
    error: str = ""
    note: str = ""
    providers: tuple[tuple[str, str], ...] = ()


def page(form: Form, nonce: str) -> str:
    """The page with its form.

    Args:
        nonce: Of the style sheet, as the header of the answer names it.
    """
    title, lead, fields, action = _PARTS[form.step](form)
    button = f"<button>{escape(action)}</button>" if action else ""
    return _around(
        title, nonce,
        f"<h1>{escape(title)}</h1>{_paragraph('lead', lead)}{_paragraph('note', form.note)}"
        f"{_paragraph('error', form.error, role='alert')}"
        f'<form method="post" action="/sign-in" autocomplete="on">{fields}'
        f'<input type="hidden" name="step" value="{form.step}">'
        f'<input type="hidden" name="ticket" value="{escape(form.ticket)}">'
        f'<input type="hidden" name="next" value="{escape(form.onward)}">'
        f"{button}</form>{_providers(form)}", demo=form.step == DEMO,
    )


def going_on(nonce: str) -> str:
    """A page that goes on by itself to the start page."""
    return _around(
        more.GOING_ON, nonce, f"<h1>{escape(more.GOING_ON)}</h1>"
        f'<a class="button" href="/">{escape(more.GO_ON)}</a>',
        head='<meta http-equiv="refresh" content="0;url=/">',
    )  # fmt: skip


def notice(title: str, sentence: str, nonce: str) -> str:
    """A page that only says something."""
    return _around(title, nonce, f"<h1>{escape(title)}</h1>{_paragraph('lead', sentence)}")


def opening(onward: str, nonce: str) -> str:
    """A page of the demo that goes on to a checked address by itself."""
    goes_on = f'<meta http-equiv="refresh" content="0; url={escape(onward)}">'
    return _around(
        demo_words.OPENING, nonce,
        f"<h1>{escape(demo_words.OPENING)}</h1>"
        f'<p><a href="{escape(onward)}">{escape(demo_words.GO_ON)}</a></p>',
        demo=True, head=goes_on,
    )  # fmt: skip


def _first(form: Form) -> tuple[str, str, str, str]:
    fields = (
        _field("full_name", text.FULL_NAME, "text", "name", text.FULL_NAME_HELP, form.full_name,
               first=True)
        + _field("login", text.LOGIN, "text", "username", text.LOGIN_HELP, form.login)
        + _field("password", text.PASSWORD, "password", "new-password", text.PASSWORD_HELP)
        + _field("again", text.AGAIN, "password", "new-password")
        + '<label class="tick"><input type="checkbox" name="treats" value="1" checked> '
          f"{escape(text.TREATS)}</label>"
    )  # fmt: skip
    return text.FIRST_TITLE, text.FIRST_LEAD, fields, text.MAKE


def _name(form: Form) -> tuple[str, str, str, str]:
    fields = _field("login", text.LOGIN, "text", "username", "", form.login, first=not form.login)
    fields += _field("password", text.PASSWORD, "password", "current-password",
                     first=bool(form.login))  # fmt: skip
    return text.TITLE, "", fields, text.ENTER


def _code(form: Form) -> tuple[str, str, str, str]:
    field = _field("code", text.CODE, "text", "one-time-code", text.CODE_HELP, first=True)
    return text.CODE_TITLE, "", field, text.GO_ON


def _password(form: Form) -> tuple[str, str, str, str]:
    fields = _field("password", text.NEW_PASSWORD, "password", "new-password",
                    text.PASSWORD_HELP, first=True)  # fmt: skip
    fields += _field("again", text.AGAIN, "password", "new-password")
    return text.NEW_TITLE, text.NEW_LEAD, fields, text.GO_ON


def _demo(form: Form) -> tuple[str, str, str, str]:
    """Nobody types anything: one button for each role."""
    buttons = "".join(
        f'<button name="as" value="{escape(role)}"{" autofocus" if not place else ""}>'
        f"{escape(words)}</button>"
        for place, (role, words) in enumerate(demo_words.COME_IN.items())
    )
    return demo_words.CHOOSE, demo_words.CHOOSE_LEAD, buttons, ""


_PARTS = {FIRST: _first, NAME: _name, CODE: _code, PASSWORD: _password, DEMO: _demo}


def _providers(form: Form) -> str:
    """The providers under the form."""
    return "".join(
        f'<a class="button other" href="/sign-in?with={quote(name, safe="")}">'
        f"{escape(more.PROVIDER.format(provider=label))}</a>"
        for name, label in form.providers
    )


def _field(
    name: str, label: str, kind: str, autocomplete: str, said: str = "", value: str = "", *,
    first: bool = False,
) -> str:  # fmt: skip
    described = f' aria-describedby="{name}_help"' if said else ""
    numeric = ' inputmode="numeric"' if name == "code" else ""
    return (
        f'<label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}" required '
        f'maxlength="300" autocapitalize="none" spellcheck="false"{numeric}{described}'
        f'{f" value={chr(34)}{escape(value)}{chr(34)}" if value else ""}'
        f'{" autofocus" if first else ""}>'
        + (f'<p class="help" id="{name}_help">{escape(said)}</p>' if said else "")
    )


def _paragraph(kind: str, sentence: str, role: str = "") -> str:
    if not sentence:
        return ""
    said = f' role="{role}"' if role else ""
    return f'<p class="{kind}"{said}>{escape(sentence)}</p>'


def _around(
    title: str, nonce: str, content: str, *, demo: bool = False, head: str = ""
) -> str:
    mark = f'<p class="demo">{escape(demo_words.MARK)}</p>' if demo else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Emo-Care</title>"
        '<link rel="icon" href="/app/static/favicon.png">'
        f'{head}<style nonce="{nonce}">{_style()}</style></head><body>{mark}<main>'
        f'<div class="logo" role="img" aria-label="Emo-Care">{_logo("light")}{_logo("dark")}</div>'
        f"{content}</main><footer>{escape(house.FOOT)}</footer></body></html>"
    )


@cache
def _logo(shade: str) -> str:
    svg = (STATIC / f"logo-{shade}.svg").read_text(encoding="utf-8")
    return svg.replace("<svg ", f'<svg class="{shade}" aria-hidden="true" ', 1)


@cache
def _style() -> str:
    return f"""
@font-face {{font-family: Inter; font-weight: 100 900;
  src: url(/app/static/inter-latin-wght-normal.woff2) format("woff2")}}
@font-face {{font-family: Inter; font-weight: 100 900;
  unicode-range: U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB;
  src: url(/app/static/inter-latin-ext-wght-normal.woff2) format("woff2")}}
:root {{{_colours(LIGHT, "#0B5A6B")}; color-scheme: light dark}}
@media (prefers-color-scheme: dark) {{:root {{{_colours(DARK, "#1B7C92")}}}
  .logo .light {{display: none}} .logo .dark {{display: inline}}}}
* {{box-sizing: border-box}}
body {{margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  font: 400 1rem/1.5 Inter, "DejaVu Sans", sans-serif; background: var(--page); color: var(--ink)}}
main {{width: min(26rem, calc(100vw - 3rem)); margin: auto; padding: 2rem 0}}
.logo {{margin-bottom: 2rem}} .logo .dark {{display: none}}
h1 {{font-size: 1.5rem; font-weight: 650; line-height: 1.2; margin: 0 0 .5rem}}
p {{margin: 0 0 1rem}} .lead, .help, footer {{color: var(--muted)}}
.help, footer, label {{font-size: .875rem}} .help {{margin: .25rem 0 0}}
.demo {{width: 100%; margin: 0; padding: .5rem 1.5rem; text-align: center; font-weight: 600;
  background: var(--panel); border-bottom: 3px solid var(--edge)}}
a {{color: var(--act)}}
.error, .note {{padding: .75rem 1rem; border-radius: 6px; background: var(--panel);
  border-left: 4px solid var(--edge)}}
.note {{border-left-color: var(--line)}}
label {{display: block; margin: 1rem 0 .25rem; font-weight: 500}}
input:not([type=checkbox]) {{width: 100%; font: inherit; padding: .5rem .75rem; color: inherit;
  background: var(--panel); border: 1px solid var(--muted); border-radius: 6px}}
.tick {{display: flex; gap: .5rem; align-items: center; font-size: 1rem; font-weight: 400}}
.tick input {{width: 1.125rem; height: 1.125rem; accent-color: var(--act)}}
input:focus-visible, button:focus-visible, .button:focus-visible
  {{outline: 2px solid var(--act); outline-offset: 2px}}
button, .button {{display: block; width: 100%; margin-top: 1.5rem; padding: .625rem;
  font: inherit; font-weight: 500; color: #fff; background: var(--act); border: 0;
  border-radius: 6px; cursor: pointer; text-align: center; text-decoration: none}}
.other {{margin-top: .75rem; color: inherit; background: none; border: 1px solid var(--muted)}}
footer {{padding: 1rem 1.5rem 2rem; text-align: center}}
"""


def _colours(colours: Palette, act: str) -> str:
    return (f"--page: {colours.page}; --panel: {colours.panel}; --ink: {colours.ink}; "
            f"--muted: {colours.muted}; --line: {colours.line}; --act: {act}; "
            f"--edge: {colours.attention}")  # fmt: skip
