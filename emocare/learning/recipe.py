"""Input recipe and labels of the face network, written once and copied into its manifest."""

from __future__ import annotations

MODEL_ID = "face"
VERSION = "1.2.0"
TASK = "face attributes: presence, landmarks, expressions, action units, pose, eyes, occlusion"

SIZE = 80
"""Side of the square input in pixels: the largest whose training fits an hour of two cores."""
MEAN = 0.5
STD = 0.25

EXPRESSIONS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
)
ACTION_UNITS = (
    "au01",
    "au02",
    "au04",
    "au07",
    "au10",
    "au12",
    "au14",
    "au15",
    "au17",
    "au20",
    "au24",
    "au26",
    "au28",
    "au45",
)
LANDMARKS = 70
OUTPUT_WIDTHS = {
    "presence": 1,
    "landmarks": 2 * LANDMARKS,
    "expressions": len(EXPRESSIONS),
    "action_units": len(ACTION_UNITS),
    "pose": 3,
    "gaze_down": 1,
    "eye_openness": 2,
    "occlusion": 2,
}
"""Numbers per face of every output that is trained, in the order of the graph's outputs."""
FURTHER_WIDTHS = {"gaze_up": 1, "gaze_side": 1, "landmark_error": LANDMARKS}
"""Likewise for the outputs fitted on the finished trunk; they follow in the graph."""
GRAPH_OUTPUTS = (*OUTPUT_WIDTHS, *FURTHER_WIDTHS)

SIDE_PER_SPREAD = 3.175
"""Crop side over the spread of the 68 points: median over the 26,803 FER+ training faces."""
CENTRE_UP = 0.313
"""Crop centre above the mean of the 68 points, in spreads: mean over the same faces."""
BOX_SIDE = 0.94
"""Crop side over the height of a forehead-to-chin box: median over training people of faces.npz."""
BOX_DOWN = -0.02
"""Crop centre below the centre of that box, in box heights: median over the same people."""


def crop_recipe() -> dict[str, object]:
    """Describe how to cut the crop, in words and in the numbers needed."""
    return {
        "description": (
            "Square crop with levelled eyes, framed as the average FER image. From 68 iBUG points "
            "in pixels of true aspect: spread = sqrt(mean squared distance of the 68 points from "
            "their mean); side = side_per_spread * spread; roll = angle of the line from the mean "
            "of points 36-41 (image left) to the mean of points 42-47; centre = mean of the 68 "
            "points moved by centre_up_in_spreads * spread along the face's own up direction "
            "(perpendicular to the eye line, towards the forehead). From a plain forehead-to-chin "
            "box: side = box_side_per_height * height, roll 0, centre = box centre moved down by "
            "box_down_in_heights * height; then refine once with the landmarks this first crop "
            "gives. Outside the picture the edge pixels are repeated. When the crop is more than "
            "twice the input size in pixels, shrink the picture by area averaging first. A crop "
            "fraction u is at pixel u * size - 0.5 of the input."
        ),
        "landmarks_for_centre_and_scale": [0, 68],
        "landmarks_for_roll": {"image_left_eye": [36, 42], "image_right_eye": [42, 48]},
        "side_per_spread": SIDE_PER_SPREAD,
        "centre_up_in_spreads": CENTRE_UP,
        "box_side_per_height": BOX_SIDE,
        "box_down_in_heights": BOX_DOWN,
        "border": "replicate",
        "interpolation": "linear",
    }


def output_labels() -> dict[str, object]:
    """What each output of the graph means, for the manifest."""
    return {
        "expressions": list(EXPRESSIONS),
        "action_units": list(ACTION_UNITS),
        "pose": ["yaw_deg", "pitch_deg", "roll_deg"],
        "eye_openness": ["left", "right"],
        "occlusion": ["mouth", "eyes"],
        "landmarks": "68 iBUG points, then the iris centres of the subject's right and left eye",
        "outputs": {
            "presence": "probability that the crop holds a face",
            "landmarks": "(70, 2) fractions of the crop side, x right, y down",
            "expressions": "probabilities, temperature inside the graph",
            "action_units": "intensities 0..1 on the scale of the teacher's blendshapes",
            "pose": (
                "degrees relative to the crop; yaw positive to the subject's left (image right), "
                "pitch positive up, roll positive clockwise in the image"
            ),
            "gaze_down": "0..1, mean of the teacher's eyeLookDown",
            "gaze_up": "0..1, mean of the teacher's eyeLookUp",
            "gaze_side": "-1..1, positive to the subject's left, from the teacher's eyeLookIn/Out",
            "landmark_error": "expected distance of each landmark from the teacher's, crop sides",
            "eye_openness": "raw eye aspect ratio of the subject's left and right eye, at least 0",
            "occlusion": "probability that mouth and eyes are covered",
        },
    }
