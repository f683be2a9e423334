"""The one place that makes a whole summary: the analysis, then the sequence networks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from emocare.analysis import (
    TOO_SHORT,
    AnalysisConfig,
    measured_rows,
    refusal,
    summarise,
    with_sequence,
)
from emocare.domain.errors import ModelError
from emocare.domain.readings import Readings
from emocare.domain.sequence import SequenceReader, SequenceReading, SequenceStream
from emocare.domain.summary import ModelRef, SourceInfo, Summary
from emocare.services.engine import SequenceEngine

_log = logging.getLogger(__name__)

FAULT = (
    "The sequence networks stopped at a fault of the program. What was measured is kept; the log "
    "names the fault."
)
FAULTS = (ModelError, ValueError, ArithmeticError, LookupError, TypeError, RuntimeError)
"""What a network that cannot read these rows raises. A recording never ends at it."""


class Summaries:
    """Makes every summary that is stored or shown, from readings and configuration.

    The same readings, configuration and networks give the same summary, so a stored one can be
    recomputed.
    """

    def __init__(self, engine: SequenceEngine) -> None:
        self._engine = engine

    def make(
        self, readings: Readings, config: AnalysisConfig, source: SourceInfo,
        models: Sequence[ModelRef],
    ) -> Summary:  # fmt: skip
        """The meaning of a recording.

        Args:
            readings: All rows; may be empty. Excluded ones count as a gap.
            config: Thresholds and constants.
            source: Where the readings came from.
            models: The networks that read the pictures, without the sequence networks.

        Returns:
            The summary. Sequence networks that are missing or fail leave their part null, with
            the reason as a sentence.
        """
        summary = summarise(readings, config, source, models)
        reason = refusal(summary)
        if reason is not None:
            return replace(summary, model_reason=reason)
        try:
            reading = self._engine.get().read(measured_rows(readings, config))
        except FAULTS as error:
            return replace(summary, model_reason=self._told(error))
        return with_sequence(summary, reading)

    def sequence(
        self, readings: Readings, config: AnalysisConfig, summary: Summary
    ) -> SequenceReading | None:
        """What the sequence networks say of the rows of a summary, second by second.

        Returns:
            None where the summary holds nothing of them, or where they cannot be used any more
            or are others than those that it names.
        """
        if summary.severity_model is None:
            return None
        try:
            reader = self._engine.get()
            if tuple(reader.models) != summary.sequence_models:
                return None
            return reader.read(measured_rows(readings, config))
        except FAULTS as error:
            self._told(error)
            return None

    @property
    def networks_installed(self) -> bool:
        """Whether this installation has sequence networks, usable or not."""
        return self._engine.installed

    def present(self) -> tuple[ModelRef, ...] | None:
        """The sequence networks of now; None where they cannot be used."""
        try:
            return tuple(self._engine.get().models)
        except ModelError:
            return None

    def streams(self) -> tuple[Callable[[], SequenceStream] | None, str | None]:
        """What starts a stream, and why there is none. Both None without sequence networks."""
        if not self._engine.installed:
            return None, None
        try:
            reader: SequenceReader = self._engine.get()
        except ModelError as error:
            return None, self._told(error)
        return reader.stream, None

    def _told(self, error: Exception) -> str:
        return told(error) if self._engine.installed else str(error)


def told(error: Exception) -> str:
    """The sentence for a fault of the sequence networks, which goes to the log."""
    _log.error("the sequence networks failed", exc_info=error)
    return str(error) if isinstance(error, ModelError) else FAULT


def renewable(summary: Summary, present: tuple[ModelRef, ...] | None) -> bool:
    """Whether the sequence networks of now would say something else than those of a summary.

    Args:
        summary: Stored.
        present: The networks of now, None where they cannot be used.
    """
    if present is None or refusal(summary) is not None or summary.model_reason == TOO_SHORT:
        return False
    return summary.sequence_models != present
