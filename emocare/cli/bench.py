"""The command that times: stages, peers, a live session, a large clinic."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from emocare.app import build_app, face_engine, sequence_engine, workplace_of
from emocare.cli.common import Json, print_json
from emocare.domain.live import LiveView
from emocare.services import clinic_bench
from emocare.services.console import say
from emocare.services.live_path import time_live
from emocare.services.samples import list_samples
from emocare.services.whole_path import time_path
from emocare.settings import load_settings

commands = typer.Typer()


@commands.command()
def bench(
    long: Annotated[bool, typer.Option(
        "--long", help="Also the memory of a 20-minute against a 1-minute video.")] = False,
    peers: Annotated[bool, typer.Option(
        "--peers", help="Beside other programs instead; see requirements-bench.txt.")] = False,
    live: Annotated[bool, typer.Option(
        "--live", help="A live session of a played clip instead.")] = False,
    seconds: Annotated[float, typer.Option(
        min=10.0, help="With --live: how long.")] = 60.0,
    data: Annotated[Path | None, typer.Option(
        file_okay=False, help="With --peers: folder of their model files and test sets.")] = None,
    out: Annotated[Path | None, typer.Option(
        dir_okay=False, help="With --peers or --live: also writes the JSON here.")] = None,
    clinic: Annotated[bool, typer.Option(
        "--clinic", help="Lists, search and courses of a large made-up clinic instead.")] = False,
    patients: Annotated[int, typer.Option(
        min=1, help="With --clinic: how many people.")] = clinic_bench.PATIENTS,
    sessions: Annotated[int, typer.Option(
        min=0, help="With --clinic: how many sessions.")] = clinic_bench.SESSIONS,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Times each stage and the whole path on this machine, alone or beside other programs.

    Example: python -m emocare bench --json
    """
    if clinic:
        _bench_clinic(clinic_bench.Size(patients, sessions), as_json)
        return
    from emocare.learning import bench as alone
    from emocare.learning import bench_live, bench_peers

    settings = load_settings()
    clips = sorted(list_samples(settings.samples_dir), key=lambda sample: sample.name)
    samples = [clip.path for clip in clips if clip.expected["people"] == 1]
    reader = face_engine(settings).get().reader
    if peers:
        figures = bench_peers.measure(bench_peers.Bench(
            reader, _whole_path, samples[:1], data, settings.models_dir, say))  # fmt: skip
        lines = bench_peers.table(figures)
    elif live:
        figures = bench_live.measure(_live_path, next(iter(samples), None), seconds, say)
        lines = bench_live.table(figures)
    else:
        sample = next(iter(samples), None)
        networks = sequence_engine(settings).get()
        figures = alone.bench(reader, networks, _whole_path, sample, long=long, log=say)
        lines = alone.table(figures)
    if out is not None and (peers or live):
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if as_json:
        print_json(figures)
    else:
        print(lines)


def _bench_clinic(size: clinic_bench.Size, as_json: bool) -> None:
    """Times a made-up clinic in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        workplace = replace(workplace_of(load_settings()), data_dir=Path(folder))
        figures = clinic_bench.bench_clinic(Path(folder), workplace, size, say)
    if as_json:
        print_json(figures)
    else:
        print(clinic_bench.table(figures))


def _whole_path(video: Path) -> dict[str, float]:
    """The bench's whole path, in an installation of its own that is gone afterwards."""
    with TemporaryDirectory() as folder:
        settings = replace(load_settings(), data_dir=Path(folder))
        with build_app(settings) as app:
            return time_path(app.people, app.recordings, app.reports, video)


def _live_path(video: Path, look: Callable[[LiveView], None]) -> dict[str, float]:
    """The bench's live session, likewise."""
    with TemporaryDirectory() as folder:
        settings = replace(load_settings(), data_dir=Path(folder))
        with build_app(settings) as app:
            return time_live(app.people, app.live, video, look)
