"""The clips: who does what when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sample_videos.studio.acting import FPS, Part


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip.

    Attributes:
        name: File name without ending.
        title, description: Words for the screen.
        duration_s: Length.
        seed: Of noise and small movements.
        parts: Of nobody, one or two people; the second sits on the right.
        light: (N,) room light, 1 ordinary; empty means 1 throughout.
        gate: What the reliability gate should decide of the whole clip, and why.
        segments: (name, start, end) of a scripted session.
        empty_chair: Whether an empty chair stands in the room.
    """

    name: str
    title: str
    description: str
    duration_s: float
    seed: int
    parts: tuple[Part, ...]
    gate: tuple[str, str]
    light: tuple[float, ...] = ()
    segments: tuple[tuple[str, float, float], ...] = ()
    empty_chair: bool = False
    intervals: dict[str, list[list[float]]] = field(default_factory=dict)


SHORT = ("unreliable", "shorter than 30 valid seconds")


def smile() -> Clip:
    """Three smiles with pauses."""
    part = Part(18, 11)
    part.smile(3.0, 5.6)
    part.smile(8.5, 10.5, 0.85, teeth=0.0)
    part.smile(13.0, 16.0)
    part.blink(1.4, 7.2, 11.8, 17.0)
    return Clip("smile", "Smile on and off",
                "One person rests, then smiles three times: broadly, with closed lips, broadly.",
                18, 11, (part,), SHORT)


def brows() -> Clip:
    """Raising and lowering in turn."""
    part = Part(20, 12)
    part.brows(2.5, 4.5, up=True)
    part.brows(7.0, 9.2, up=False)
    part.brows(12.0, 14.0, up=True)
    part.brows(16.0, 18.4, up=False)
    part.blink(1.2, 5.7, 10.6, 15.0, 19.3)
    return Clip("brows", "Brows up and down",
                "One person raises the brows, frowns, raises them again and frowns again.",
                20, 12, (part,), SHORT)


def blinks() -> Clip:
    """Eight blinks and one long closure."""
    part = Part(24, 13)
    part.blink(1.6, 4.0, 6.2, 6.9, 10.0, 13.4, 16.0, 21.6)
    part.blink(18.4, shut_s=1.2)
    return Clip("blinks", "Blinks at known times",
                "One person blinks eight times, once twice in a row, and keeps the eyes shut for "
                "about a second near the end.", 24, 13, (part,), SHORT)


def look_away() -> Clip:
    """Right, left, down, right."""
    part = Part(26, 14, idle=0.8)
    part.turn(3.0, 5.4, 34)
    part.turn(8.5, 11.0, -34)
    part.look_down(14.0, 16.5)
    part.turn(20.0, 22.0, 34)
    part.blink(1.5, 7.0, 12.6, 18.3, 24.0)
    return Clip("look_away", "Looking away and down",
                "One person turns the head to the right of the picture, to the left, looks down "
                "and turns to the right again.", 26, 14, (part,), SHORT)


def dark_then_light() -> Clip:
    """Eight seconds of near darkness, then the light is switched on."""
    part = Part(20, 15)
    part.smile(12.5, 15.0)
    part.blink(10.5, 16.6, 18.6)
    t = part.t
    on = np.clip((t - 8.0) / 0.24, 0, 1)
    flare = 1 + 0.28 * np.exp(-(t - 8.2).clip(0) / 0.5) * (t > 8.0)
    light = (0.11 + 0.89 * on) * flare
    return Clip("dark_then_light", "Too dark, then light",
                "The first eight seconds are too dark to read; then the light is switched on and "
                "the person smiles once.", 20, 15, (part,), SHORT,
                light=tuple(float(v) for v in light), intervals={"dark": [[0.0, 8.0]]})


def no_face() -> Clip:
    """An empty room."""
    return Clip("no_face", "Nobody in the picture", "An empty chair in a room; nobody is there.",
                8, 16, (), ("unreliable", "no face in any frame"), empty_chair=True,
                intervals={"no_face": [[0.0, 8.0]]})


def two_people() -> Clip:
    """Two people side by side; each smiles at another time."""
    left, right = Part(20, 17), Part(20, 18)
    left.smile(4.0, 6.5)
    left.smile(15.0, 17.0)
    left.blink(1.7, 8.1, 12.0, 18.4)
    right.smile(9.5, 12.5)
    right.brows(15.4, 17.4, up=True)
    right.blink(2.6, 6.9, 14.0, 18.9)
    return Clip("two_people", "Two people",
                "Two people side by side. The one on the left smiles twice, the one on the right "
                "once. Choose the part of the picture that shows the patient.",
                20, 17, (left, right), SHORT)


def session() -> Clip:
    """A whole session: rest, neutral talk, a positive memory."""
    part = Part(190, 19)
    _baseline(part)
    _neutral_talk(part)
    _positive_memory(part)
    part.blinks(0.5, 189.5, 4.1)
    return Clip("session", "A whole session",
                "One person rests for 30 seconds, then talks about something neutral and then "
                "about a good memory, with smiles of different length.", 190, 19, (part,),
                ("reliable", "190 s of a readable face, frontal and well lit"),
                segments=(("baseline", 0.0, 30.0), ("neutral_talk", 30.0, 105.0),
                          ("positive_memory", 105.0, 190.0)))


def _baseline(part: Part) -> None:
    """Quiet, looking at the camera; not equally quiet all the time."""
    part.glance(7.0, 7.7, 1.6)
    part.sway(10.5, 19.5, 0.35)
    part.glance(24.0, 24.6, -1.6)


def _neutral_talk(part: Part) -> None:
    for start, end in ((31, 38.5), (41, 48), (52.5, 58.5), (61, 69), (72, 76), (80.5, 89),
                       (92, 98.5), (101, 104)):  # fmt: skip
        part.talk(start, end)
    part.sway(30.5, 39.5, 0.5)
    part.nod(39.0, 2)
    part.turn(43.5, 45.3, -15, 3)
    part.smile(49.2, 51.6, 0.75, teeth=0.3)
    part.sway(60.5, 69.5, 0.8)
    part.brows(62.0, 63.4, up=True)
    part.look_down(70.2, 71.8)
    part.glance(78.0, 79.2, 1.8, -0.6)
    part.sway(80.5, 89.5, 0.7, 1.8)
    part.smile(86.0, 88.8, 0.8, teeth=0.5)
    part.brows(93.0, 95.0, up=False)
    part.nod(99.0, 2, 4.5)


def _positive_memory(part: Part) -> None:
    for start, end in ((106, 109), (115.5, 119), (125.5, 131), (138, 142), (148, 153), (159, 164),
                       (170.5, 175), (186.6, 189)):  # fmt: skip
        part.talk(start, end, 0.9)
    part.smile(110.0, 114.8)
    part.sway(105.5, 115.0, 0.6)
    part.look_down(121.0, 122.8)
    part.smile(131.6, 137.4)
    part.sway(129.0, 139.0, 0.9)
    part.turn(144.0, 146.0, 32)
    part.smile(153.4, 156.8, 0.9, teeth=0.4)
    part.nod(157.5, 2)
    part.brows(165.5, 167.0, up=True)
    part.smile(164.5, 169.6)
    part.sway(160.5, 169.5, 0.8, 1.7)
    part.turn(176.5, 178.3, -14, 2)
    part.smile(181.4, 186.0)
    part.sway(178.5, 187.5, 0.7)


CLIPS: dict[str, Callable[[], Clip]] = {
    make.__name__: make
    for make in (smile, brows, blinks, look_away, dark_then_light, no_face, two_people, session)
}
"""Every clip by name, in the order in which screens list them."""
assert FPS == 25
