"""Recordings and pictures on disk -> frames with their time.

Nothing here interprets a picture. Errors name the file (never its folder) and a remedy. What
somebody hands over is read through ``guarded``, which does the same in a process of its own.
"""

from emocare.media.digest import sha256_of
from emocare.media.glance import frame_at
from emocare.media.still import read_image
from emocare.media.video import VideoInfo, VideoReader

__all__ = ["VideoInfo", "VideoReader", "frame_at", "read_image", "sha256_of"]
