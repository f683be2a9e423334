"""Whether one frame is measured, and if not, why (section 4.1)."""

from __future__ import annotations

from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import Face
from emocare.domain.readings import FrameStatus

WARN_DARK = "DARK_ON_AVERAGE"
WARN_BRIGHT = "BRIGHT_ON_AVERAGE"
WARN_MOUTH = "MOUTH_COVERED"
WARN_EYES = "EYES_COVERED"


def status_of(
    face: Face | None,
    frame_brightness: float,
    *,
    settled: bool,
    pitch0_deg: float,
    config: AnalysisConfig,
) -> FrameStatus:
    """The status of a frame; the first fault found names it.

    Args:
        face: The followed (or, while unsettled, the largest) face; None without one.
        frame_brightness: Mean luminance of the whole picture, 0..255.
        settled: Whether it is known whom to follow.
        pitch0_deg: The person's usual pitch so far.
        config: Thresholds.
    """
    if frame_brightness < config.camera_off_below:
        return FrameStatus.CAMERA_OFF
    if face is None:
        dark = frame_brightness < config.min_brightness
        return FrameStatus.TOO_DARK if dark else FrameStatus.NO_FACE
    if not settled:
        return FrameStatus.SEVERAL_FACES
    faults = face_faults(face, pitch0_deg, config)
    return faults[0] if faults else FrameStatus.OK


def face_faults(
    face: Face, pitch0_deg: float, config: AnalysisConfig
) -> tuple[FrameStatus, ...]:
    """Every reason not to measure ``face``, the one to name first.

    A face counts as OCCLUDED only when eyes and mouth are both covered; one region alone drops
    the items of that region (``signals``).
    """
    faults = []
    if face.box_px.width < config.min_width_px:
        faults.append(FrameStatus.TOO_SMALL)
    if _turned(face, pitch0_deg, config):
        faults.append(FrameStatus.TURNED_AWAY)
    light = face_light(face, config)
    if light is not None:
        faults.append(light)
    if min(face.eyes_occluded, face.mouth_occluded) > config.occluded_from:
        faults.append(FrameStatus.OCCLUDED)
    if face.quality.sharpness < config.min_sharpness:
        faults.append(FrameStatus.TOO_BLURRED)
    return tuple(faults)


def quality_flags(face: Face, config: AnalysisConfig) -> tuple[str, ...]:
    """What the gate would say of a still picture: faults, then warnings that exclude nothing.

    A still has no history, so pitch is counted from level.
    """
    flags = [fault.value for fault in face_faults(face, 0.0, config)]
    if face.quality.brightness < config.min_brightness:
        flags.append(WARN_DARK)
    if face.quality.brightness > config.max_brightness:
        flags.append(WARN_BRIGHT)
    if face.mouth_occluded > config.occluded_from:
        flags.append(WARN_MOUTH)
    if face.eyes_occluded > config.occluded_from:
        flags.append(WARN_EYES)
    return tuple(flags)


def _turned(face: Face, pitch0_deg: float, config: AnalysisConfig) -> bool:
    return (
        abs(face.yaw_deg) > config.max_yaw_deg
        or abs(face.pitch_deg - pitch0_deg) > config.max_pitch_deg
        or abs(face.roll_deg) > config.max_roll_deg
    )


def face_light(face: Face, config: AnalysisConfig) -> FrameStatus | None:
    """TOO_DARK, TOO_BRIGHT or None, without a fixed floor on the mean luminance.

    A fixed floor would drop darker skin first (section 4.1), so the mean alone never excludes:
    a face that is dark or bright on average is dropped only when its contrast is gone as well
    (the Laplacian variance falls with the square of the contrast, so an underexposed face loses
    it and a dark, well lit face keeps it). Clipped pixels and one side in the shade exclude by
    themselves; the mean then only tells which of the two words is right.
    """
    quality = face.quality
    flat = quality.sharpness < config.min_sharpness
    clipped = quality.clip_fraction > config.max_clip_fraction
    middle = (config.min_brightness + config.max_brightness) / 2
    if quality.brightness < config.min_brightness and (flat or clipped):
        return FrameStatus.TOO_DARK
    if quality.brightness > config.max_brightness and (flat or clipped):
        return FrameStatus.TOO_BRIGHT
    if clipped:
        return FrameStatus.TOO_DARK if quality.brightness < middle else FrameStatus.TOO_BRIGHT
    if quality.left_right_luminance_ratio < config.min_left_right_ratio:
        return FrameStatus.TOO_DARK
    return None
