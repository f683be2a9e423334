"""Numbers over time to meaning: readings in, a summary and a timeline out. numpy only, pure.

``Analyzer`` turns frames into readings; ``summarise`` and ``timeline`` turn readings into what
is shown. Section numbers in docstrings are those of the clinical specification.
"""

from emocare.analysis.analyzer import Analyzer
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.live_check import SittingCheck
from emocare.analysis.live_gate import GateWatch, live_gate
from emocare.analysis.live_watch import LiveWatch, Watched
from emocare.analysis.picture_quality import recording_quality, still_quality
from emocare.analysis.reference import reference_sha256
from emocare.analysis.sequence_summary import TOO_SHORT, refusal, with_sequence
from emocare.analysis.site_reference import SiteReference
from emocare.analysis.status import quality_flags
from emocare.analysis.summarise import summarise
from emocare.analysis.timeline import timeline
from emocare.analysis.tracks import measured_rows
from emocare.analysis.typical import typical_ranges

__all__ = [
    "TOO_SHORT", "AnalysisConfig", "Analyzer", "GateWatch", "LiveWatch", "SiteReference",
    "SittingCheck", "Watched", "live_gate", "measured_rows", "quality_flags",
    "recording_quality", "reference_sha256", "refusal", "still_quality", "summarise", "timeline",
    "typical_ranges", "with_sequence",
]  # fmt: skip
