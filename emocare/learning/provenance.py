"""Where the training data of the face network comes from, and on what terms."""

from __future__ import annotations

LICENCE = (
    "The weights come with the licence of this repository. They were computed from research "
    "material (see data), which is not part of the repository."
)
DATA = [
    {
        "name": "FER+ (training split of ferplus.npz)",
        "origin": (
            "FER2013 faces (ICML 2013 challenge, web images) with the ten crowd votes of FER+ "
            "(Microsoft); soft labels of an ensemble trained on the same images, out of fold"
        ),
        "terms": "images: research use; votes: MIT",
    },
    {
        "name": "Head crops (training people of faces.npz)",
        "origin": "the public facial_expressions collection, mostly press photographs (LFW)",
        "terms": "Apache-2.0 repository; the photographs are research material",
    },
    {
        "name": "Covered faces (training part of masked_faces.npz)",
        "origin": "a public face-mask collection",
        "terms": "MIT",
    },
    {
        "name": "Scenes without faces (training part of scenes.npz)",
        "origin": "15-Scene collection",
        "terms": "research use",
    },
    {
        "name": "Teacher measurements (landmarks, blendshapes, head pose)",
        "origin": "MediaPipe Face Landmarker (Google), run on the collections above",
        "terms": "Apache-2.0; not part of the running product",
    },
]
