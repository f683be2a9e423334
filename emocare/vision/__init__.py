"""One picture -> numbers: face detector, crop, face network, quality, pose. Stateless.

Sizes are pixels of the picture, angles degrees, probabilities 0..1. Nothing is smoothed here.
"""

from emocare.domain.manifest import load_spec
from emocare.vision.loading import load_face_reader
from emocare.vision.reader import OnnxFaceReader

__all__ = ["OnnxFaceReader", "load_face_reader", "load_spec"]
