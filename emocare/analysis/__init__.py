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
from emocare.analysis.site_reference import SiteReference
from emocare.analysis.status import quality_flags
from emocare.analysis.summarise import summarise
from emocare.analysis.timeline import timeline
from emocare.analysis.typical import typical_ranges

__all__ = [
    "AnalysisConfig", "Analyzer", "GateWatch", "LiveWatch", "SiteReference", "SittingCheck",
    "Watched", "live_gate", "quality_flags", "recording_quality", "reference_sha256",
    "still_quality", "summarise", "timeline", "typical_ranges",
]  # fmt: skip
