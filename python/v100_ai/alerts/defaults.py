"""Rules for whoever has none of their own. They are looser than the faults: an alert wakes somebody up."""

from typing import Final

from v100_ai.alerts.rule import Rule

DEFAULTS: Final = (
    # 70 lies between fair and good on a viewer's scale, as the makers of VMAF read it.
    Rule(
        name="low_vmaf",
        reading="vmaf",
        below=60.0,
        resolve=70.0,
        trigger_seconds=5.0,
        resolve_seconds=10.0,
        samples=5,
    ),
    # SSIM has no such scale: fit these to the kind of picture.
    Rule(
        name="low_ssim",
        reading="ssim",
        below=0.88,
        resolve=0.92,
        trigger_seconds=5.0,
        resolve_seconds=10.0,
        samples=5,
    ),
    # A fade lasts a second or two; a logo or a clock may stay on black.
    Rule(
        name="black",
        reading="visual_black_ratio",
        above=0.98,
        resolve=0.90,
        trigger_seconds=5.0,
        resolve_seconds=2.0,
    ),
    # A held picture stays below 0.01, a camera's noise alone is at 0.3; slides are held for long.
    Rule(
        name="frozen",
        reading="motion_difference",
        below=0.02,
        resolve=0.06,
        trigger_seconds=10.0,
        resolve_seconds=2.0,
    ),
    Rule(
        name="blocky",
        reading="visual_blockiness",
        above=0.40,
        resolve=0.25,
        trigger_seconds=5.0,
        resolve_seconds=5.0,
    ),
    Rule(
        name="blurred",
        reading="visual_blur",
        above=0.45,
        resolve=0.38,
        trigger_seconds=5.0,
        resolve_seconds=5.0,
    ),
    Rule(
        name="overexposed",
        reading="visual_clipped_high",
        above=0.50,
        resolve=0.30,
        trigger_seconds=5.0,
        resolve_seconds=5.0,
    ),
)
"""Limits on value are those of `faults.settings`, where it has one; waiting keeps them quiet."""
