"""The model cards of the sequence networks, written from their measured figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.domain.summary import BANDS, DIMENSIONS
from emocare.learning.model_card import plain, table

ORIGIN = "Trained on simulated people, not on patients."
DATA = [
    {
        "name": "Simulated people (emocare/simulation, effects.toml)",
        "origin": (
            "a generative model of a session with the directions and effect sizes that the "
            "literature gives, read with the measured errors of the shipped face network"
        ),
        "terms": "made by this project",
    }
]
LICENCE = "The weights come with the licence of this repository."
LIMITS = """## Limits

- No patient, and no person of flesh, took part in the training. What the network says is what would
  follow if people behaved as the simulator does; whether they do was not shown.
- Nothing here was compared with a diagnosis. It is no diagnosis and rules nothing out.
- Effect sizes of single behaviours are published for a few of them; the others, how behaviours go
  together, how they move in time and when they show are choices of engineering.
- People whose faces move for other reasons (Parkinson's disease, facial palsy, medication, autism,
  another culture) do not exist in the simulator.
- The prior is stated, not found: the four bands are equally likely there.
- Differences by sex and age are only those that were put in."""


def severity_card(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card of the severity network."""
    realistic, separable = figures["realistic"], figures["separable"]
    honest, check = realistic["honesty"], separable["deletion"]
    rows = [
        ["accuracy of four bands", plain(realistic["figures"]["accuracy"]),
         plain(separable["figures"]["accuracy"])],
        ["AUC, one against the rest", plain(realistic["figures"]["auc"]),
         plain(separable["figures"]["auc"])],
        ["AUC of moderate or severe", plain(realistic["figures"]["auc_affected"]),
         plain(separable["figures"]["auc_affected"])],
        ["expected calibration error", honest["ece_15_bins"],
         separable["honesty"]["ece_15_bins"]],
        ["mean probability of the likeliest band", honest["mean_probability"],
         separable["honesty"]["mean_probability"]],
        ["normal people called severe with more than 0.9",
         honest["share_of_normal_people_called_severe_above_0.9"],
         separable["honesty"]["share_of_normal_people_called_severe_above_0.9"]],
    ]  # fmt: skip
    return _card(
        spec,
        f"A network of {spec['parameters']:,} parameters that reads one vector a second of what "
        "the face network measured: an embedding, an LSTM, attention pooling, and a normal "
        "posterior of severity cut to four bands. The shipped weights are those trained on the "
        "realistic cohort; the separable one shows that the network can learn.",
        [
            table(["on people never seen", "realistic cohort (shipped)", "separable cohort"],
                  rows),
            "With published effect sizes the network must be unsure, and it is: what it says is "
            "shown with its probabilities and never leads where they are under 0.60.",
            "### What attention points at\n\nTaking the five attended stretches of "
            f"{check['stretch_s']} s away changes the mean severity {plain(check['ratio'], 2)} "
            "times as much as taking random ones away (separable cohort; realistic cohort "
            f"{plain(realistic['deletion']['ratio'], 2)}).",
            _groups(realistic["groups"]),
        ],
    )  # fmt: skip


def affect_card(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card of the affect transformer."""
    parts = []
    for cohort in ("realistic", "separable"):
        found = figures[cohort]
        rows = [
            [name, *(plain(found[part][what][name]) for part in ("now", "mean_of_session")
                     for what in ("r", "coverage_90"))]
            for name in DIMENSIONS
        ]  # fmt: skip
        rows.append(
            ["mean", *(plain(found[part][what]) for part in ("now", "mean_of_session")
                       for what in ("mean_r", "mean_coverage_90"))]
        )  # fmt: skip
        parts.append(
            f"### {cohort.capitalize()} cohort{' (shipped)' if cohort == 'realistic' else ''}\n\n"
            + table(["dimension", "r now", "coverage of 90 % now", "r of the session's mean",
                     "its coverage of 90 %"], rows)
        )  # fmt: skip
    return _card(
        spec,
        f"A causal transformer of {spec['parameters']:,} parameters with attention over the last "
        "two minutes, one vector a second: valence, arousal, anhedonia, anxiety, irritability and "
        "fatigue now and their mean so far, each with a 90 % interval calibrated on validation "
        "people.",
        parts,
    )


def _card(spec: Mapping[str, Any], what: str, parts: list[str]) -> str:
    whole = [
        f"# {spec['id']} {spec['version']}",
        f"**{ORIGIN}** {what} Trained at commit {spec['trained_commit']}.",
        "## Measured",
        "Every figure is repeated from `evaluation.json`: simulated people who took no part in "
        "training, in brackets the 95 % bootstrap interval over people.",
        *parts,
        LIMITS,
        "## Data",
        table(["data", "origin", "terms"],
              ([d["name"], d["origin"], d["terms"]] for d in spec["data"])),
        "## Licence",
        spec["licence"],
    ]  # fmt: skip
    return "\n\n".join(whole) + "\n"


def _groups(groups: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [[name, g["n"], g["accuracy"], g["auc_affected"]] for name, g in groups.items()]
    return "### By group (realistic cohort)\n\n" + table(
        ["group", "people", "accuracy", "AUC of moderate or severe"], rows
    )


def ablation_part(found: Mapping[str, Any]) -> str:
    """The table of the ablation for the page of evidence."""
    rows = []
    for row in found["networks"].values():
        published = ", ".join(f"{100 * value:.1f}" for value in row["published"])
        rows.append([
            row["name"], *(plain(row[name]) for name in
                           ("accuracy", "precision", "recall", "f1", "auc")),
            f"{row['share_of_oracles_gain']:.2f}", f"{row['parameters']:,}",
            row["ms_per_minute"], published or "none",
        ])  # fmt: skip
    oracle, index = found["oracle"], found["behaviour_index"]
    names = ("accuracy", "precision", "recall", "f1", "auc")
    known = [plain(oracle[name]) for name in names]
    rows.append(["oracle (knows the true dimensions)", *known, "1.00", "", "", ""])
    fitted = plain(index["accuracy_fitted_edges"])
    rows.append(["behaviour index, edges fitted", fitted, *[""] * 8])
    difference = found["attention_less_none"]
    low, high = difference["low"], difference["high"]
    verdict = (
        "Attention adds accuracy here." if low > 0 else
        "Attention costs accuracy here." if high < 0 else
        "No gain from attention can be shown here."
    )  # fmt: skip
    return (
        f"{found['people']['train']:,} people to learn from, {found['people']['test']:,} others "
        f"to test, {found['seeds']} seeds; figures are means over seeds with the 95 % bootstrap "
        "interval over people. Chance is 0.25. Published figures are of another data set and "
        "stand here for orientation alone (per cent; accuracy first, AUC last).\n\n"
        + table(["network", "accuracy", "precision", "recall", "F1", "AUC, one against the rest",
                 "share of the oracle's gain", "parameters", "ms per minute", "published"], rows)
        + f"\n\nAccuracy with attention less that without, person by person: "
        f"{plain(difference)}. {verdict} AUC of moderate or severe: behaviour index "
        f"{plain(index['auc_affected'])}, network with attention "
        f"{plain(found['networks']['cnn_lstm_attention']['auc_affected'])}."
    )  # fmt: skip


def bands() -> list[str]:
    """Names of the four bands, as labels."""
    return [band.value for band in BANDS]
