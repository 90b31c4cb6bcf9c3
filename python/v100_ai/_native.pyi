"""The compiled half of v100_ai."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Literal, Self, final

from typing_extensions import Buffer

__all__ = [
    "FORMATS",
    "LAYERS",
    "REORDERING_S",
    "THREADS_MOST",
    "Aligner",
    "Alignment",
    "Complexity",
    "Face",
    "FloorChange",
    "FloorTracker",
    "ForensicLimits",
    "ForensicSignal",
    "Forensics",
    "FrameAnalyzer",
    "KernelTimes",
    "LiveMeter",
    "LiveReading",
    "MediaAnswer",
    "MediaEvent",
    "MediaFrame",
    "MediaLayer",
    "MediaLevel",
    "MediaRoom",
    "MediaServer",
    "MediaStats",
    "MediaTrack",
    "Motion",
    "MotionVectors",
    "Paces",
    "QualityMeter",
    "QualityReading",
    "Reading",
    "SiTi",
    "SiTiReading",
    "SoundMeter",
    "SoundReading",
    "Tap",
    "TapStats",
    "VectorField",
    "VectorSummary",
    "Verdict",
    "ViralModel",
    "ViralScore",
    "Visual",
    "audio_levels",
    "cpu_level",
    "cpu_levels",
    "kernel_times",
    "paced",
]

FORMATS: Final[tuple[tuple[str, int, Literal["gray", "planar", "paired"], tuple[bool, bool]], ...]]
"""Name, depth, packing, and whether chroma has half the width, half the height."""

LAYERS: Final[tuple[str, ...]]
"""Names of all layers."""

REORDERING_S: Final[float]
"""Seconds a time may step back and still belong to the same run of frames."""

THREADS_MOST: Final[int]
"""Threads that one quality meter may have."""

def cpu_level() -> str:
    """The instruction set the kernels run on: scalar, avx2 or avx512."""

def cpu_levels() -> list[str]:
    """Every instruction set of this machine that there are kernels for, lowest first."""

@final
class FrameAnalyzer:
    """All layers over the frames of one stream, one crossing a frame, the interpreter's lock released."""

    def __new__(cls, layers: Sequence[str], seen_by: str | None = None) -> FrameAnalyzer:
        """ValueError names the layers or the transfer that are unknown."""
    def push(
        self,
        format: str,
        width: int,
        height: int,
        planes: Sequence[tuple[Buffer, int]],
        pts: float,
        *,
        full: bool = False,
        matrix: str | None = None,
        faces: Sequence[Sequence[float]] | None = None,
    ) -> Reading:
        """Measure a frame, each plane given with its stride in bytes; a new shape starts afresh.

        `faces` are boxes that the caller knows: left, top, right, bottom, as shares of the frame.
        """
    def reset(self) -> None:
        """Forget the frames before; they go on being counted."""

@final
class Reading:
    """What one frame measures; `None` where a layer is off or there is nothing to compare with."""

    @property
    def frame(self) -> int: ...
    @property
    def pts(self) -> float: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def motion_magnitude(self) -> float | None: ...
    @property
    def scene_complexity(self) -> float | None: ...
    @property
    def motion(self) -> Motion | None: ...
    @property
    def complexity(self) -> Complexity | None: ...
    @property
    def visual(self) -> Visual | None: ...
    @property
    def faces(self) -> tuple[Face, ...] | None:
        """The largest first; `None` where the layer is off."""
    @property
    def forensics(self) -> Forensics | None:
        """What the largest face tells; `None` where the layer `deepfake` is off."""

@final
class Forensics:
    """What one frame tells of its largest face. Values, usual values and distances; no decision."""

    @property
    def face(self) -> Face | None: ...
    @property
    def faces(self) -> int:
        """Faces held in all."""
    @property
    def signals(self) -> dict[str, ForensicSignal]:
        """The ten signals, by name."""
    @property
    def shape(self) -> float | None:
        """Mean distance of the face's statistics from its own baseline, in deviations."""
    @property
    def ring(self) -> float | None:
        """The same of what surrounds it."""
    @property
    def second(self) -> float | None:
        """The second of edge, colour and detail: how far two of them are at least, beyond what the ring explains."""
    @property
    def limits(self) -> ForensicLimits: ...
    @property
    def statistics(self) -> tuple[float, ...] | None:
        """The picture's statistics in the order of rust/core/src/forensics/still.rs, where it counts."""

@final
class ForensicSignal:
    """One named signal of one frame."""

    @property
    def value(self) -> float | None: ...
    @property
    def usual(self) -> float | None:
        """This person's usual value, or until that is known what real streams have."""
    @property
    def z(self) -> float | None:
        """How far on the suspicious side of what real streams have, in their deviations."""

@final
class ForensicLimits:
    """What limits the trust in a frame's signals."""

    @property
    def face_height(self) -> float: ...
    @property
    def blocks(self) -> int: ...
    @property
    def baseline_s(self) -> float:
        """Seconds of good frames behind the baseline."""
    @property
    def window_s(self) -> float:
        """Seconds of good frames behind the values."""
    @property
    def ring(self) -> float:
        """Share of the face's surroundings that is in the picture."""
    @property
    def counted(self) -> float:
        """Share of the last frames that counted."""
    @property
    def luma(self) -> float: ...
    @property
    def found(self) -> float: ...
    @property
    def colour(self) -> bool: ...

@final
class Face:
    """A face in one frame, in samples of the frame; the box is square, from forehead to chin.

    Faces are found and followed; they are never recognised, stored or compared between people.
    """

    @property
    def id(self) -> int:
        """The same number as long as this face is followed; never used again in the stream."""
    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def tilt(self) -> float:
        """Degrees clockwise, in steps of 20."""
    @property
    def confidence(self) -> float:
        """0 to 1: how firmly it was found when last looked for, less with every frame since."""
    @property
    def given(self) -> bool:
        """Whether the caller said where it is."""

@final
class Motion:
    """How much and where to the picture moved since the frame before."""

    @property
    def magnitude(self) -> float | None: ...
    @property
    def difference(self) -> float | None: ...
    @property
    def vectors(self) -> VectorSummary | None: ...

@final
class VectorSummary:
    """The field of motion vectors in a few figures."""

    @property
    def mean_x(self) -> float: ...
    @property
    def mean_y(self) -> float: ...
    @property
    def mean_length(self) -> float: ...
    @property
    def residual(self) -> float: ...
    @property
    def confidence(self) -> float: ...
    @property
    def saturation(self) -> float: ...

@final
class Complexity:
    """How much there is to encode."""

    @property
    def scene(self) -> float | None: ...
    @property
    def spatial(self) -> float | None: ...
    @property
    def temporal(self) -> float | None: ...
    @property
    def si(self) -> float | None: ...
    @property
    def ti(self) -> float | None: ...

@final
class Visual:
    """How the picture looks, and the faults it may have."""

    @property
    def exposure(self) -> float: ...
    @property
    def contrast(self) -> float: ...
    @property
    def colourfulness(self) -> float | None: ...
    @property
    def sharpness_laplacian_variance(self) -> float: ...
    @property
    def blur(self) -> float | None: ...
    @property
    def blockiness(self) -> float: ...
    @property
    def black_ratio(self) -> float: ...
    @property
    def clipped_low(self) -> float: ...
    @property
    def clipped_high(self) -> float: ...
    @property
    def scene_change(self) -> float | None: ...

@final
class SiTi:
    """SI and TI of the frames of one stream."""

    def __new__(
        cls,
        mode: str,
        range: str,
        transfer: str,
        black: float | None = None,
        peak: float | None = None,
    ) -> SiTi:
        """ValueError names a word that is unknown, or a display that cannot be."""
    def push(self, luma: Buffer, stride: int, width: int, height: int, depth: int) -> SiTiReading:
        """Measure luma of `depth` bits, its rows `stride` bytes apart."""

@final
class SiTiReading:
    """SI and TI of one frame, of 0..255."""

    @property
    def si(self) -> float: ...
    @property
    def ti(self) -> float | None: ...

@final
class LiveMeter:
    """Both frames' signatures and what they differ by."""

    def __new__(cls) -> LiveMeter: ...
    def push(
        self,
        reference: tuple[str, int, int, Sequence[tuple[Buffer, int]]],
        distorted: tuple[str, int, int, Sequence[tuple[Buffer, int]]],
    ) -> LiveReading:
        """Compare two frames, each as format, width, height and planes with their strides in bytes."""
    def reset(self) -> None:
        """Forget the frames before."""

@final
class LiveReading:
    """How near one frame is to its reference, and how good it looks without."""

    @property
    def psnr(self) -> float:
        """PSNR of the analysis planes, dB; infinite if they are equal."""
    @property
    def ssim(self) -> float:
        """SSIM of the analysis planes over 8x8 windows, 1 if they are equal."""
    @property
    def detail_loss(self) -> float:
        """Share of the reference's Laplacian energy that is gone, 0 to 1."""
    @property
    def vmaf_live(self) -> float:
        """An estimate of VMAF v0.6.1, 0 to 100; its error per frame is 5 to 6 on average, below 19 in 95 %."""
    @property
    def quality_estimate(self) -> float:
        """Quality of the distorted frame by itself, 0 to 100; its rank correlation with VMAF is 0.5."""

@final
class KernelTimes:
    """Median seconds of each part of the engine over one 8-bit frame."""

    @property
    def read(self) -> float: ...
    @property
    def signature(self) -> float: ...
    @property
    def signature_difference(self) -> float: ...
    @property
    def motion_magnitude(self) -> float: ...
    @property
    def scene_complexity(self) -> float: ...
    @property
    def live_quality(self) -> float: ...
    @property
    def viral_score(self) -> float: ...
    @property
    def vectors(self) -> float: ...
    @property
    def siti(self) -> float: ...
    @property
    def layers(self) -> float: ...
    @property
    def layers_vectors(self) -> float: ...

def kernel_times(width: int, height: int, *, cached: bool, samples: int = 101) -> KernelTimes:
    """Time the parts over frames read again and again, or from a ring larger than the caches."""

@final
class FloorChange:
    """Somebody else holds the floor, or nobody does."""

    @property
    def at(self) -> float:
        """When it was decided, seconds."""
    @property
    def previous(self) -> str | None:
        """Who held it when last told."""
    @property
    def current(self) -> str | None:
        """Who holds it now."""
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class FloorTracker:
    """Follows the floor of one meeting."""

    def __new__(cls, **settings: float) -> FloorTracker: ...
    def push(
        self, participant: str, *, at: float, level: float, media: float | None = None
    ) -> None: ...
    def poll(self, *, at: float) -> FloorChange | None: ...
    def leave(self, participant: str) -> bool: ...
    def mute(self, participant: str) -> None: ...
    def unmute(self, participant: str) -> None: ...
    @property
    def current(self) -> str | None: ...
    @property
    def talking(self) -> frozenset[str]: ...
    @property
    def settings(self) -> dict[str, float]: ...

def audio_levels(samples: object, rate: int) -> list[float]:
    """The RFC 6464 level of every whole 20 ms of mono int16 or float32 samples, dBov."""

@final
class MotionVectors:
    """Finds motion vectors on frames reduced as every layer sees them."""

    def __new__(cls) -> MotionVectors: ...
    def search(
        self,
        last: Buffer,
        now: Buffer,
        strides: Sequence[int],
        size: Sequence[int],
    ) -> VectorField:
        """Search 8-bit luma of two frames of one width and height, each with its stride in bytes."""

@final
class VectorField:
    """The vectors of all blocks, row by row; the columns are 32-bit floats of the machine's order."""

    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def block(self) -> int: ...
    @property
    def dx(self) -> bytes: ...
    @property
    def dy(self) -> bytes: ...
    @property
    def residual(self) -> bytes: ...
    @property
    def confidence(self) -> bytes: ...
    @property
    def saturation(self) -> float: ...

@final
class QualityMeter:
    """The metrics of pairs of frames, one crossing a pair, the interpreter's lock released."""

    def __new__(
        cls, metrics: Sequence[str], models: Sequence[str], *, phone: bool, threads: int
    ) -> QualityMeter:
        """ValueError names a word that is unknown."""
    def push(
        self,
        format: str,
        width: int,
        height: int,
        reference: Sequence[tuple[Buffer, int]],
        distorted: Sequence[tuple[Buffer, int]],
        pts: float,
    ) -> list[QualityReading]:
        """Measure a pair of one shape, each plane given with its stride in bytes."""
    def resume(self, before: tuple[str, int, int, Sequence[tuple[Buffer, int]]]) -> None:
        """Take the reference's frame before the next pair; what waits is forgotten."""
    def flush(
        self, next: tuple[str, int, int, Sequence[tuple[Buffer, int]]] | None = None
    ) -> list[QualityReading]:
        """Tell of the pairs that wait; `next` is the reference's frame after them."""

@final
class QualityReading:
    """What one pair of frames scores; `None` where it is not asked for or cannot be said."""

    @property
    def frame(self) -> int:
        """Pairs told of before this one."""
    @property
    def pts(self) -> float:
        """Seconds."""
    @property
    def psnr(self) -> float | None:
        """Of luma, in dB; infinite for equal planes."""
    @property
    def psnr_cb(self) -> float | None: ...
    @property
    def psnr_cr(self) -> float | None: ...
    @property
    def psnr_average(self) -> float | None:
        """Of all samples together, as ffmpeg's filter averages."""
    @property
    def psnr_weighted(self) -> float | None:
        """(6 Y + Cb + Cr) / 8 of the planes' decibels."""
    @property
    def ssim(self) -> float | None:
        """Of luma over 8x8 windows, as ffmpeg's filter has it for Y."""
    @property
    def ffmpeg_ssim(self) -> float | None:
        """All planes by their area."""
    @property
    def ffmpeg_ssim_y(self) -> float | None: ...
    @property
    def ffmpeg_ssim_u(self) -> float | None: ...
    @property
    def ffmpeg_ssim_v(self) -> float | None: ...
    @property
    def float_ssim(self) -> float | None:
        """That of libvmaf, of luma; `None` where an edge is below 11."""
    @property
    def ms_ssim(self) -> float | None:
        """The `float_ms_ssim` of libvmaf, of luma; `None` where an edge is below 176."""
    @property
    def vmaf(self) -> float | None:
        """By the first model, 0 to 100."""
    @property
    def vmaf_bagging(self) -> float | None:
        """Mean of the bootstrapped models."""
    @property
    def vmaf_deviation(self) -> float | None: ...
    @property
    def vmaf_ci95_low(self) -> float | None: ...
    @property
    def vmaf_ci95_high(self) -> float | None: ...
    @property
    def scores(self) -> dict[str, float]:
        """VMAF by model."""
    @property
    def features(self) -> dict[str, float]:
        """Features by libvmaf's names."""

@final
class Aligner:
    """Which frame of a reference each frame of a distorted stream shows."""

    def __new__(cls, max_offset: float, look_ahead: int, capacity: int) -> Aligner: ...
    def push(
        self,
        format: str,
        width: int,
        height: int,
        planes: Sequence[tuple[Buffer, int]],
        pts: float,
        *,
        distorted: bool,
    ) -> None:
        """Take the next frame; ValueError if its time or size does not fit, or too many wait."""
    def finish(self) -> None:
        """No frames follow: the rest is decided."""
    def verdicts(self) -> list[Verdict]:
        """What is decided and was not asked for yet, in the order of the distorted frames."""
    def alignment(self) -> Alignment | None:
        """How the streams lie to each other so far; `None` before the first pair."""

@final
class Verdict:
    """What becomes of a distorted frame."""

    @property
    def distorted(self) -> int:
        """Its number, from 0."""
    @property
    def reference(self) -> int | None:
        """Number of the reference frame that it shows."""
    @property
    def duplicated(self) -> bool:
        """Whether it repeats the frame before it where something new was due."""

@final
class Alignment:
    """How two streams lie to each other."""

    @property
    def offset_seconds(self) -> float:
        """Reference minus distorted time at the latest pair."""
    @property
    def offset_frames(self) -> float:
        """The same in reference frames."""
    @property
    def paired(self) -> int: ...
    @property
    def dropped(self) -> int:
        """Reference frames that were due and did not come."""
    @property
    def duplicated(self) -> int:
        """Distorted frames that came in place of a new one."""
    @property
    def unpaired(self) -> int:
        """Distorted frames without a reference frame of their own."""
    @property
    def retimed(self) -> int:
        """Times at which the offset jumped."""
    @property
    def confidence(self) -> float:
        """How much better the pairs fit than the next best choice, 0 to 1."""

@final
class Tap:
    """Takes frames at the media's pace and measures the newest on a thread of its own."""

    def __new__(cls, layers: Sequence[str], capacity: int, fps: float | None = None) -> Tap:
        """ValueError names the layers that are unknown, or a rate or capacity that cannot be."""
    def open(self) -> int | None:
        """Start the thread; its number where the system tells it. RuntimeError if it was open before."""
    def offer(
        self,
        format: str,
        width: int,
        height: int,
        planes: Sequence[tuple[Buffer, int]],
        pts: float,
        *,
        full: bool = False,
        matrix: str | None = None,
    ) -> bool:
        """Take a frame, each plane given with its stride in bytes; false if it is not due."""
    def offer_frame(self, frame: object, pts: float | None = None) -> bool:
        """Take a `v100_ai.Frame`, shown at `pts` or at its own time; false if it is not due."""
    def offer_alike(self, arrays: object, pts: float, bits: int | None = None) -> bool | None:
        """Take arrays that lie as those did that `learn` was told of; `None` if they do not."""
    def learn(
        self, arrays: object, format: str, width: int, height: int, bits: int | None = None
    ) -> None:
        """Remember how arrays lie that are a picture of `format`."""
    def refuse(self, why: str) -> None:
        """Count a frame that could not be read, and keep why."""
    def collect(self) -> list[Reading]:
        """The readings that are ready, oldest first."""
    @property
    def stats(self) -> TapStats: ...
    def close(self) -> None:
        """Measure what still waits and end the thread."""

@final
class TapStats:
    """What became of the frames: `offered` is the sum of the five after it."""

    @property
    def offered(self) -> int: ...
    @property
    def analysed(self) -> int: ...
    @property
    def replaced(self) -> int:
        """Frames that a newer one took the place of."""
    @property
    def refused(self) -> int:
        """Frames that could not be read."""
    @property
    def skipped(self) -> int:
        """Frames that were not due, or came to a tap that was closed."""
    @property
    def waiting(self) -> int:
        """Frames that are measured now or next."""
    @property
    def readings_dropped(self) -> int:
        """Readings that nobody collected in time."""
    @property
    def refusal(self) -> str | None:
        """Why the last frame that was refused was."""

@final
class Paces:
    """Seconds of each tick of a paced loop."""

    @property
    def late(self) -> list[float]:
        """From the time a tick was due to its end, work included."""
    @property
    def took(self) -> list[float]:
        """What the work took."""

def paced(work: Callable[[], object], *, period: float, ticks: int) -> Paces:
    """Call `work` every `period` seconds; in between the loop is without the interpreter's lock."""

@final
class ViralScore:
    """What six factors add up to; lists are in the order of the factors and of their parts."""

    @property
    def raw(self) -> float | None:
        """Weighted mean of what is known, 0 to 1."""
    @property
    def viral_score(self) -> float | None:
        """The calibrated raw score, 0 to 100."""
    @property
    def rank_score(self) -> float | None:
        """0 to 100, from the factors that rank moments of one stream."""
    @property
    def coverage(self) -> float:
        """Share of all weight that is known, 0 to 1."""
    @property
    def values(self) -> list[float | None]:
        """Of each factor, 0 to 1."""
    @property
    def availability(self) -> list[float]:
        """Share of each factor's parts that is known, 0 to 1."""
    @property
    def points(self) -> list[float]:
        """What each factor adds to 100 times `raw`."""
    @property
    def part_points(self) -> list[list[float]]:
        """What each part adds to its factor's points."""

@final
class ViralModel:
    """Weights and a calibration; parts in, a score out."""

    def __new__(
        cls,
        *,
        weights: Sequence[float],
        ranking: Sequence[float],
        parts: Sequence[Sequence[float]],
        knots: Sequence[float],
    ) -> Self: ...
    def score(self, values: Sequence[Sequence[float | None]]) -> ViralScore:
        """The score of each part's value, 0 to 1, `None` where it is not known."""

@final
class SoundReading:
    """Half a second of sound."""

    @property
    def end(self) -> float:
        """Seconds of sound until its end."""
    @property
    def level(self) -> float:
        """Root mean square, dB of full scale."""
    @property
    def pitch(self) -> float | None:
        """Median pitch of its voiced frames, Hz."""
    @property
    def voiced(self) -> float:
        """Share of frames with a pitch."""
    @property
    def change(self) -> float:
        """Mean change of the spectrum's shape from frame to frame, 0 to 1."""
    @property
    def laughter(self) -> float:
        """How much it is laughter, 0 to 1."""
    @property
    def applause(self) -> float:
        """How much it is applause, 0 to 1."""
    @property
    def evidence(self) -> list[float]:
        """What both are told from, in the order of their weights."""
    @property
    def shape(self) -> list[float]:
        """Share of the power in each of 16 bands from 100 Hz to 8 kHz."""

@final
class SoundMeter:
    """Sound, in pieces of any length, to readings of half a second each."""

    RATE: ClassVar[int]
    """Samples a second."""

    def __init__(self) -> None: ...
    def push(self, samples: Buffer) -> list[SoundReading]:
        """The readings that these int16 samples of one channel complete."""

@final
class MediaServer:
    """A media server. Nothing that it is asked for waits under the interpreter's lock."""

    def __new__(
        cls, bind: object, port: int = 0, *, public: Sequence[object] = ..., shards: int = 1
    ) -> Self:
        """Bind `shards` ports from `port` on, any for 0, and start their threads."""
    @property
    def ports(self) -> list[int]:
        """The ports, one a shard."""
    def fileno(self) -> int:
        """A descriptor that can be read when there are events."""
    def open(self) -> MediaRoom:
        """A new room."""
    def offer(self, peer: int, offer: str) -> MediaAnswer:
        """Answer a connection's new offer: ICE begun anew, or more lines."""
    def leave(self, peer: int) -> bool:
        """End a connection; whether there was one."""
    def events(self) -> list[MediaEvent]:
        """What happened since the last look."""
    def stats(self) -> list[MediaStats]:
        """What is counted, by shard."""
    def stop(self) -> None:
        """Tell everybody, end the threads, and wait for them."""

@final
class MediaRoom:
    """A room, and the tap of it."""

    @property
    def id(self) -> int:
        """Its number."""
    def join(self, participant: str, role: str, offer: str, *, bitrate: int = ...) -> MediaAnswer:
        """Answer somebody who wants to `publish` or to `subscribe`."""
    def remove(self, participant: str) -> None:
        """End all connections of somebody."""
    def show(self, wishes: Sequence[tuple[str, bool]], viewer: str | None = None) -> None:
        """Who is to be shown first, and whether in full, to one viewer or to all."""
    def mute(self, participant: str, media: str, *, muted: bool) -> None:
        """Let somebody be heard (`audio`) or seen (`video`) no more, or again."""
    def want(self, *, audio: bool = False, video: bool = False, full: bool = False) -> None:
        """Which encoded frames are wanted from now on, beside the levels; `full` is the best layer of simulcast."""
    def key(self, track: int) -> None:
        """Ask the publisher of a track for a key frame."""
    def levels(self) -> list[MediaLevel]:
        """The audio levels since the last look."""
    def frames(self) -> list[MediaFrame]:
        """The frames that became whole since the last look."""
    def forget(self, track: int) -> None:
        """A track is over: nothing of it is kept any more."""
    def dropped(self) -> tuple[int, int, int]:
        """Levels, packets and frames that the tap dropped."""
    def close(self) -> None:
        """End the room and whatever is in it."""

@final
class MediaAnswer:
    """How an offer was answered."""

    @property
    def peer(self) -> int: ...
    @property
    def sdp(self) -> str: ...
    @property
    def ufrag(self) -> str: ...

@final
class MediaEvent:
    """Something that happened in a room; what does not belong to its kind is `None`."""

    @property
    def kind(self) -> str: ...
    @property
    def room(self) -> int: ...
    @property
    def peer(self) -> int: ...
    @property
    def participant(self) -> str: ...
    @property
    def role(self) -> Literal["publish", "subscribe"] | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def track(self) -> int | None: ...
    @property
    def media(self) -> Literal["audio", "video"] | None: ...
    @property
    def codec(self) -> str | None: ...
    @property
    def mid(self) -> str | None: ...
    @property
    def shows(self) -> str | None: ...

@final
class MediaLevel:
    """How loud a track is, in dBov, and how many seconds ago that was."""

    @property
    def track(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def age(self) -> float: ...

@final
class MediaFrame:
    """An encoded frame."""

    @property
    def track(self) -> int: ...
    @property
    def codec(self) -> str:
        """`vp8`, `vp9`, `h264`, `av1` or `opus`."""
    @property
    def time(self) -> int:
        """90 000 ticks a second for pictures, 48 000 for sound; they wrap around at 2^32."""
    @property
    def key(self) -> bool:
        """Whether it can be decoded without others."""
    @property
    def gap(self) -> bool:
        """Whether the one before it is missing."""
    @property
    def data(self) -> bytes:
        """As a decoder takes it: H.264 as Annex B, AV1 as a temporal unit."""
    @property
    def age(self) -> float:
        """How many seconds ago it came."""

@final
class MediaLayer:
    """How one layer of a track arrives."""

    @property
    def rid(self) -> str | None: ...
    @property
    def active(self) -> bool: ...
    @property
    def bitrate(self) -> int:
        """Bits a second."""
    @property
    def received(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def jitter(self) -> float:
        """Seconds, as RFC 3550 has it."""

@final
class MediaTrack:
    """How one track arrives, and how many see it."""

    @property
    def room(self) -> int: ...
    @property
    def participant(self) -> str: ...
    @property
    def track(self) -> int: ...
    @property
    def media(self) -> Literal["audio", "video"]: ...
    @property
    def codec(self) -> str | None: ...
    @property
    def shown(self) -> int: ...
    @property
    def layers(self) -> list[MediaLayer]: ...

@final
class MediaStats:
    """What one shard counts, no older than about a second."""

    @property
    def counts(self) -> dict[str, int]: ...
    @property
    def delays(self) -> list[tuple[float, int]]:
        """Bounds in seconds, and how many packets stayed less than each and not less than the one before."""
    @property
    def peers(self) -> int: ...
    @property
    def tracks(self) -> list[MediaTrack]: ...
