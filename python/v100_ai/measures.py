"""What is measured: every reading's place, name, unit and definition, in one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, log10

OUTWARD = (
    "frame",
    "pts",
    "width",
    "height",
    "scene_complexity",
    "motion_magnitude",
    "ssim",
    "psnr",
    "vmaf",
    "deepfake_score",
    "viral_score",
)
"""The fields every row begins with, in this order; `None` where a layer is not on."""

OUTWARD_MEASURES = {
    "scene_complexity": "complexity_scene",
    "motion_magnitude": "motion_magnitude",
    "ssim": "quality_ssim",
    "psnr": "quality_psnr",
    "vmaf": "quality_vmaf",
}
"""Outward fields that are a measure, with the column it would have."""


@dataclass(frozen=True)
class Measure:
    """One number read from every frame."""

    path: str
    """Where a reading holds it: layer, then name."""
    title: str
    unit: str
    definition: str
    top: float | None = None
    """The most it can be, where there is such a bound."""

    @property
    def layer(self) -> str:
        """The layer that measures it."""
        return self.path.split(".", 1)[0]

    @property
    def column(self) -> str:
        """Its name in a table."""
        return self.path.replace(".", "_")

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    def read(self, reading: object) -> float | None:
        """The number, or `None` where its layer is off or has nothing to compare with."""
        found: object | None = reading
        for part in self._parts:
            found = getattr(found, part)
            if found is None:
                return None
        if not isinstance(found, int | float):
            raise TypeError(f"{self.path}: expected a number, found {type(found).__name__}")
        return float(found)


CODES = "8-bit codes"

MEASURES = (
    Measure(
        "complexity.scene",
        "Scene complexity",
        "0 to 1",
        "How many bits an encoder would need for the frame, at a fixed quality",
        1.0,
    ),
    Measure(
        "complexity.spatial",
        "Spatial detail",
        CODES,
        "Root of the luma's gradient energy: what there is to encode in a still picture",
    ),
    Measure(
        "complexity.temporal",
        "Temporal change",
        CODES,
        "Mean absolute difference of the reduced planes to the frame before: what prediction has to make up for",
    ),
    Measure(
        "complexity.si",
        "SI",
        "codes",
        "Spatial information of ITU-T P.910, legacy mode unless asked otherwise: deviation of the Sobel magnitude",
    ),
    Measure(
        "complexity.ti",
        "TI",
        "codes",
        "Temporal information of ITU-T P.910, legacy mode unless asked otherwise: deviation of the difference to the frame before",
    ),
    Measure(
        "motion.magnitude",
        "Motion magnitude",
        CODES,
        "Mean absolute difference of the analysis plane to the frame before",
    ),
    Measure(
        "motion.difference",
        "Frame difference",
        CODES,
        "Mean absolute difference of the reduced planes; 0 is a frozen picture",
    ),
    Measure(
        "motion.vectors.mean_x", "Motion, across", "px", "Mean motion vector, positive to the right"
    ),
    Measure(
        "motion.vectors.mean_y", "Motion, down", "px", "Mean motion vector, positive downwards"
    ),
    Measure(
        "motion.vectors.mean_length", "Motion length", "px", "Mean length of the motion vectors"
    ),
    Measure(
        "motion.vectors.residual",
        "Motion residual",
        CODES,
        "Mean absolute difference that is left after moving the blocks",
    ),
    Measure(
        "motion.vectors.confidence",
        "Vector confidence",
        "0 to 1",
        "How clearly the best match of a block stands out",
        1.0,
    ),
    Measure(
        "motion.vectors.saturation",
        "Vector saturation",
        "0 to 1",
        "Share of blocks whose motion reached the end of the search range or went beyond",
        1.0,
    ),
    Measure(
        "visual.exposure",
        "Exposure",
        "0 to 1",
        "Mean luma as a limited-range code, of all 256",
        1.0,
    ),
    Measure("visual.contrast", "Contrast", "0 to 1", "Root mean square deviation of the luma", 1.0),
    Measure(
        "visual.colourfulness",
        "Colourfulness",
        "M",
        "Spread and strength of the colours (Hasler and Süsstrunk 2003)",
    ),
    Measure(
        "visual.sharpness_laplacian_variance",
        "Sharpness",
        "codes squared",
        "Variance of the luma's Laplacian",
    ),
    Measure(
        "visual.blur",
        "Blur",
        "0 to 1",
        "How fast detail falls off towards high frequencies; empty where there is nothing to focus on",
        1.0,
    ),
    Measure(
        "visual.blockiness",
        "Blockiness",
        "0 to 1",
        "How much larger steps are over the edges of 8x8 blocks than inside them",
        1.0,
    ),
    Measure("visual.black_ratio", "Black", "0 to 1", "Share of blocks that are black", 1.0),
    Measure(
        "visual.clipped_low",
        "Clipped shadows",
        "0 to 1",
        "Share of luma samples at or below black, by the range of the picture",
        1.0,
    ),
    Measure(
        "visual.clipped_high",
        "Clipped lights",
        "0 to 1",
        "Share of luma samples at or above white, by the range of the picture",
        1.0,
    ),
    Measure(
        "visual.scene_change",
        "Scene change",
        "0 to 1",
        "How suddenly and how thoroughly the picture changed; cuts are decided from it",
        1.0,
    ),
    Measure(
        "quality.ssim",
        "SSIM",
        "-1 to 1",
        "Structural similarity of luma to the reference over 8x8 windows, as ffmpeg's `ssim` has it for Y",
        1.0,
    ),
    Measure(
        "quality.psnr",
        "PSNR",
        "dB",
        "Peak signal-to-noise ratio of luma to the reference; infinite where they are equal",
    ),
    Measure(
        "quality.vmaf",
        "VMAF",
        "0 to 100",
        "What viewers would say of the picture beside the reference: libvmaf's figure of the model asked for",
        100.0,
    ),
    Measure(
        "deepfake.evidence",
        "Evidence of alteration",
        "steps",
        "How much says that the face's region was altered; the score follows from its mean over seconds",
    ),
    Measure(
        "deepfake.confidence",
        "Confidence",
        "0 to 1",
        "How far the face's signals can be trusted; below 0.4 there is not enough to judge, and no score",
        1.0,
    ),
    Measure(
        "deepfake.limit",
        "What limits confidence",
        "1 to 7",
        "What there is too little of: face, its size, its light, its surroundings, motion, time, certainty",
        7.0,
    ),
    Measure(
        "deepfake.replay_loop",
        "Replay",
        "ratio",
        "Distance of the last second from the nearest of the last five minutes, over motion; below 1 it is shown again",
    ),
    Measure(
        "deepfake.cadence_mismatch",
        "Cadence",
        "-2 to 2",
        "How much more the face's renewal agrees with itself two or three frames ago than one; near -0.2 usually",
        2.0,
    ),
    Measure(
        "deepfake.motion_jitter",
        "Jitter",
        "thousandths of a width",
        "Second difference of the face's motion against its surroundings",
    ),
    Measure(
        "deepfake.flicker",
        "Flicker of the face",
        "nats",
        "Deviation of the face's brightness against its surroundings from frame to frame",
    ),
    Measure(
        "deepfake.boundary_blend",
        "Blended edge",
        "deviations",
        "How much less detail the face's edge has than its inside and surroundings, against real streams",
    ),
    Measure(
        "deepfake.chroma_flatness",
        "Flat colour",
        "deviations",
        "How much less the face's colour varies than in real streams",
    ),
    Measure(
        "deepfake.chroma_luma_coupling",
        "Coupling of colour",
        "deviations",
        "How much more alike the face's Cb, Cr and luma vary than in real streams",
    ),
    Measure(
        "deepfake.texture_distribution",
        "Even texture",
        "deviations",
        "How much more evenly detail lies over the face than in real streams",
    ),
    Measure(
        "deepfake.resolution_mismatch",
        "Low resolution of the face",
        "deviations",
        "How much less fine detail the face has than its surroundings and its own variance ask for",
    ),
    Measure(
        "deepfake.face_change",
        "Change of the face",
        "deviations",
        "How far the face is from what it was in the first seconds, beyond what the picture around it explains",
    ),
)

COLUMNS = (
    *OUTWARD,
    *(each.column for each in MEASURES if each.column not in OUTWARD_MEASURES.values()),
)
"""Every column of a row, in order."""

DECIBELS = frozenset({"psnr"})
"""Columns that are the logarithm of a mean squared error, and are pooled by that, as ffmpeg pools PSNR."""


def squared_error(decibels: float) -> float:
    """The mean squared error behind a PSNR, as a share of the largest code's square; 0 where there is none."""
    return float(10.0 ** (decibels / -10))


def decibels(squared: float) -> float:
    """The PSNR of a mean squared error."""
    return -10 * log10(squared) if squared > 0 else inf


def pooled(column: str, values: Sequence[float]) -> float:
    """The mean of a column over some frames."""
    if column in DECIBELS:
        return decibels(sum(map(squared_error, values)) / len(values))
    return sum(values) / len(values)


READINGS = tuple(name for name in COLUMNS if name not in ("frame", "pts"))
"""The columns that are read from a frame, and do not say which one it is."""
