"""Damaged and hostile files and random forms: none may end the application or keep it waiting."""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from emocare.clinical import instrument_names, load_instrument
from emocare.clinical.scoring import score_form
from emocare.domain.errors import AnswerOutOfRange, InputError
from emocare.media import guarded
from emocare.services.clips import Clips
from tests.soak.mutations import PICTURES, Mutant, mutant, sources
from tests.soak.section import Goal, Section
from tests.soak.stage import Options, say

FILES, FORMS = 2000, 20_000
HANG_S = 10.0
GROWTH_MB = 100.0
SETTLED = 100
"""Files after which the memory of the application counts as that of its beginning."""
SAVE_EVERY = 25
SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
ODD: tuple[Any, ...] = (-1, 4, 99, 2**70, 1.0, float("nan"), True, "2", b"1", [], "=1+1", "\0")
"""Answers that no form has."""


@dataclass(slots=True)
class Found:
    """What the files did; what is written between two runs of one count.

    Attributes:
        done: Files so far.
        ended: "read" and the kinds of refusal -> how many.
        faults: What ended otherwise, with the number of the file.
        processes: Reading processes that a file has ended.
        slow: Number and seconds of files over ``HANG_S``.
        longest_s: Slowest file.
        first_mb, last_mb: Resident memory of the application.
    """

    done: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    processes: int = 0
    slow: list[str] = field(default_factory=list)
    longest_s: float = 0.0
    first_mb: float = 0.0
    last_mb: float = 0.0


def run(options: Options) -> Section:
    """The full count, gone on with where an earlier one was broken off."""
    count, forms = options.count or FILES, 10 * (options.count or FILES)
    keep = options.state or Path(tempfile.gettempdir()) / f"emocare-fuzz-{count}.json"
    found = Found(**json.loads(keep.read_text(encoding="utf-8"))) if keep.exists() else Found()
    for _ in files(found, count):
        if found.done % SAVE_EVERY == 0:
            keep.write_text(json.dumps(asdict(found)), encoding="utf-8")
            say(f"fuzz: {found.done} of {count} files, {found.longest_s:.1f} s at most")
    scored, refused, wrong = random_forms(forms)
    keep.unlink(missing_ok=True)
    return section(found, scored, refused, wrong)


def files(found: Found, count: int) -> Iterator[None]:
    """Reads the files that are left as an upload would be, and notes what each did."""
    good = sources(SAMPLES)
    with tempfile.TemporaryDirectory(prefix="emocare-fuzz-") as name:
        clips = Clips(Path(name) / "clips", 10**9)
        for seed in range(found.done, count):
            one = mutant(seed, good)
            started = time.monotonic()
            outcome = read(one, clips)
            took = time.monotonic() - started
            found.ended = dict(Counter(found.ended) + Counter([outcome]))
            found.processes += "decoder stop" in outcome or "given up" in outcome
            found.longest_s = max(found.longest_s, took)
            if took > HANG_S:
                found.slow.append(f"{seed} ({one.how}): {took:.1f} s")
            found.done = seed + 1
            found.last_mb = psutil.Process().memory_info().rss / 2**20
            if found.done == min(SETTLED, count):
                found.first_mb = found.last_mb
            yield
        left = [path for path in Path(name).rglob("*") if path.is_file()]
        found.faults += [f"left behind: {len(left)} files"] if left else []


def read(one: Mutant, clips: Clips) -> str:
    """Stages a file under its name and reads all of it; "read", or how it was refused.

    Anything but a refusal is an error of the program and passes through.
    """
    try:
        path = clips.stage(one.name, io.BytesIO(one.data))
    except InputError as error:
        return f"refused: {type(error).__name__}"
    try:
        if one.name.endswith(PICTURES):
            guarded.read_image(path)
            return "read"
        guarded.frame_at(path, 0.2)
        with guarded.VideoReader(path, max_s=60, max_bytes=10**9) as reader:
            times = [frame.t_s for frame in reader]
            assert times == sorted(set(times)) and times[0] == 0.0
            reader.source()
        return "read"
    except InputError as error:
        for words in ("decoder stop", "given up", "of memory"):
            if words in str(error):
                return f"process ended: {words}"
        assert str(path.parent) not in str(error)
        return f"refused: {type(error).__name__}"
    finally:
        clips.delete(path)


def random_forms(count: int, seed: int = 1) -> tuple[int, int, list[str]]:
    """Scores forms with whatever answers.

    Returns:
        How many were scored, how many refused, and what was wrong.
    """
    random = np.random.default_rng(seed)
    forms = [load_instrument(name) for name in instrument_names()]
    scored, wrong = 0, []
    for number in range(count):
        form = forms[random.integers(len(forms))]
        answers = _answers(random, form.values, len(form.items))
        difficulty = None if form.difficulty is None or random.random() < 0.5 else _one_of(
            random, [option.value for option in form.difficulty.options])
        good = len(answers) == len(form.items) and all(
            a is None or (type(a) is int and a in form.values) for a in answers)
        good = good and (difficulty is None or not _is_odd(difficulty))
        try:
            result = score_form(form, answers, difficulty)
        except (AnswerOutOfRange, InputError):
            if good:
                wrong.append(f"{number}: {form.name} refused good answers")
            continue
        scored += 1
        low, high = result.possible_range
        if not good or not (result.total is None or low <= result.total <= high):
            wrong.append(f"{number}: {form.name} took what it should not")
        if result != score_form(form, answers, difficulty):
            wrong.append(f"{number}: {form.name} scored twice, differently")
    return scored, count - scored, wrong


def _answers(random: np.random.Generator, values: Sequence[int], items: int) -> list[Any]:
    """Mostly what can be chosen, with gaps; one form in three holds something odd."""
    answers: list[Any] = [
        None if random.random() < 0.1 else int(random.choice(values)) for _ in range(items)]
    if random.random() < 0.33:
        answers[random.integers(items)] = ODD[random.integers(len(ODD))]
    if random.random() < 0.05:
        answers = answers * int(random.integers(0, 1000))
    return answers


def _one_of(random: np.random.Generator, values: Sequence[int]) -> Any:
    if random.random() < 0.2:
        return ODD[random.integers(len(ODD))]
    return int(random.choice(values))


def _is_odd(value: object) -> bool:
    return type(value) is not int or value < 0 or value > 3


def section(found: Found, scored: int, refused: int, wrong: Sequence[str]) -> Section:
    """What is written of it."""
    growth = found.last_mb - found.first_mb
    ended = sorted(found.ended.items(), key=lambda pair: -pair[1])
    figures = (
        ("files", ", ".join(f"{count} {how}" for how, count in ended)),
        ("slowest file", f"{found.longest_s:.1f} s"),
        ("memory of the application, settled and at the end",
         f"{found.first_mb:.0f} MB and {found.last_mb:.0f} MB"),
        ("forms", f"{scored} scored, {refused} refused"),
    )  # fmt: skip
    how = (
        "Each file is a good one (clips and pictures made on the spot, two seconds of each sample) "
        "of which bits were flipped, sizes and counts set to extremes, parts repeated, emptied, "
        "cut off or continued by another file, some under the suffix of another kind, all under "
        "hostile names. It is staged as an upload, looked at and read to its end. The same number "
        "gives the same file. A reading process that a file ends is no crash of the application; "
        "it is counted. Forms are of every shipped instrument, with gaps, answers that no form "
        "has, and wrong lengths; what is scored must lie in its possible range and be scored the "
        "same twice."
    )
    goals = (
        Goal(f"{len(found.faults)} files ended the application or left something behind",
             not found.faults),
        Goal(f"{len(found.slow)} files took over {HANG_S:.0f} s", not found.slow),
        Goal(f"memory grew by {growth:.0f} MB, at most {GROWTH_MB:.0f}", growth <= GROWTH_MB),
        Goal(f"{len(wrong)} forms were scored wrongly or ended the program", not wrong),
    )  # fmt: skip
    title = f"{found.done} damaged files and {scored + refused} random forms"
    return Section("fuzz", title, how, figures, goals,
                   (*found.slow[:10], *found.faults[:10], *wrong[:10]))  # fmt: skip
