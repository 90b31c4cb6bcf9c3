"""What FFmpeg may open: by scheme, the protocols and the containers, and nothing else."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from v100_ai.errors import AddressRefused, NotMedia, NoVideo, SourceLost
from v100_ai.sources import InputOptions, Media, open_media
from v100_ai.sources.words import shown
from v100_ai.worker.child.web import Guard, Hopeless, Web, asked_headers
from v100_ai.worker.spec import Spec

CONTAINERS: Final = (
    "mov,matroska,flv,live_flv,mpegts,mpeg,avi,ogg,asf,mxf,nut,ivf,obu,gif,"
    "h264,hevc,vvc,m4v,mpegvideo,mjpeg,mpjpeg,yuv4mpegpipe"
)
"""Demuxers that hold what they show. Those that open other files or take a picture's name for a pattern
(concat, image2, sdp, imf, lavfi, devices) are left out, and so are a hundred formats of old games."""

RENDITIONS: Final = "aac,ac3,eac3,mp3,webvtt"
"""What an HLS playlist may hold beside them."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a scheme leads to."""

    protocols: str
    containers: str
    options: Mapping[str, str]


# Each file of a playlist is asked for through `web`, which FFmpeg's own connections must not be mixed with.
_WEB: Final = {"http_persistent": "0", "http_multiple": "0", "max_reload": "20"}
_INTERLEAVED: Final = {"rtsp_transport": "tcp", "allowed_media_types": "video"}

WAYS: Final[Mapping[str, Way]] = {
    "file": Way("file", CONTAINERS, {}),
    "http": Way("http,https", f"hls,{CONTAINERS},{RENDITIONS}", _WEB),
    "https": Way("http,https", f"hls,{CONTAINERS},{RENDITIONS}", _WEB),
    "rtsp": Way("rtsp,rtp,tcp", f"rtsp,sdp,rtp,{CONTAINERS}", _INTERLEAVED),
    "rtsps": Way("rtsps,rtsp,rtp,tcp,tls", f"rtsp,sdp,rtp,{CONTAINERS}", _INTERLEAVED),
    "rtmp": Way("rtmp,tcp", "flv,live_flv", {}),
    "rtmps": Way("rtmps,tls,tcp", "flv,live_flv", {}),
    "tcp": Way("tcp", CONTAINERS, {}),
    "udp": Way("udp", "mpegts", {}),
    "rtp": Way("rtp,udp", f"rtp,sdp,{CONTAINERS}", {}),
}
"""By scheme."""

FETCHED: Final = frozenset({"http", "https"})
"""Schemes that FFmpeg does not connect to by itself."""


RAW: Final = "rawvideo"
"""Samples without a header: only where their size is told."""


@contextmanager
def opened(source: str, spec: Spec, *, reference: bool = False) -> Iterator[Media]:
    """The source, open for as long as the block. Raises `NotMedia`, `NoVideo` and `AddressRefused`.

    Of a reference all is read, whatever is of the source.
    """
    scheme = _scheme(source)
    way = WAYS.get(scheme)
    if way is None or (scheme == "file" and not spec.files):
        allowed = ", ".join(name for name in WAYS if name != "file" or spec.files)
        raise NotMedia(shown(source), f"expected a source of {allowed}, found {scheme}")
    limits = spec.limits
    options = dict(way.options) | {
        "protocol_whitelist": way.protocols,
        "format_whitelist": f"{way.containers},{RAW}" if spec.input.size else way.containers,
        "max_streams": str(limits.streams),
    }
    if (spec.sound or spec.recording is not None) and "allowed_media_types" in options:
        options["allowed_media_types"] = "video+audio"
    name = shown(source)
    headers = asked_headers(spec.input.options)
    guard = Guard.of(spec.closed, spec.opened)
    web = Web(guard, limits.patience, headers) if scheme in FETCHED else None
    read = InputOptions(**asdict(spec.input))
    if reference:
        read = replace(read, stream=None, start=0.0, duration=None, every=1)
    try:
        with open_media(
            _regular(source) if scheme == "file" else source,
            timeout=limits.patience,
            threads=limits.threads,
            options=options,
            name=name,
            io_open=web.open if web else None,
            read=read,
        ) as media:
            yield media
    except SourceLost as lost:
        if web is not None:
            raise _over_the_web(lost, web, name) from lost
        # A file that holds no media holds none a second later; what a camera sends may be better by then.
        final = lost.final or (scheme == "file" and isinstance(lost, NotMedia | NoVideo))
        raise type(lost)(lost.source, lost.reason, final=final) from lost


def _over_the_web(lost: SourceLost, web: Web, name: str) -> SourceLost | AddressRefused:
    """What was wrong, and whether it will be again."""
    failure = web.failure
    if isinstance(failure, AddressRefused):
        return failure
    media = not isinstance(lost, NotMedia | NoVideo)
    for seen in web.seen:
        said = seen.hopeless(media=media)
        if said is not None:
            return type(lost)(name, said, final=True)
    if failure is not None:
        return type(lost)(name, str(failure), final=isinstance(failure, Hopeless))
    return lost


def reach(spec: Spec) -> tuple[list[Path], int | None]:
    """The files that the spec's inputs are, and the one port that they need, where it is one.

    Over HTTP any port may be needed: `web` looks after where connections go. FFmpeg's own connections go where
    the URL says, and after a redirect of RTSP to another host, but to no other port.
    """
    sources = [each for each in (spec.source, spec.reference) if each is not None]
    files = [Path(each).absolute() for each in sources if _scheme(each) == "file"]
    others = [each for each in sources if _scheme(each) != "file"]
    ports = {_port(each) for each in others if _scheme(each) not in FETCHED}
    alone = len(ports) == 1 and not any(_scheme(each) in FETCHED for each in others)
    return files, (ports.pop() if alone else None) if others else NO_PORT


NO_PORT: Final = 0
"""A port that nothing can be connected to."""

PORTS: Final = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443}


def _port(source: str) -> int | None:
    try:
        parts = urlsplit(source)
        return parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None


def replayable(source: str, media: Media) -> bool:
    """Whether the input can be read again; else it is live."""
    scheme = _scheme(source)
    # A server that gives a file says how long it is; one that gives a camera cannot.
    return scheme == "file" or (scheme in FETCHED and bool(media.duration))


def _scheme(source: str) -> str:
    """The scheme of a URL; `file` for what is none, as a path with a colon."""
    found, _, rest = source.partition("://")
    if rest or "://" in source:
        return urlsplit(source).scheme or found
    return "file"


def _regular(source: str) -> str:
    """The path so that FFmpeg sees no protocol in it. Raises `NotMedia` for what is no regular file."""
    path = Path(source).absolute()
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as refused:
        reason = getattr(refused, "strerror", None) or str(refused)
        raise NotMedia(source, reason[:1].lower() + reason[1:]) from refused
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise NotMedia(source, f"expected a regular file, found {found}", final=True)
    if path.stat().st_size == 0:
        raise NotMedia(source, "expected media, found an empty file", final=True)
    return f"file:{path}"
