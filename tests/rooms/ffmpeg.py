"""FFmpeg's `whip` muxer as a client of its own: `python -m tests.rooms.ffmpeg URL KEY FOLDER`."""

import datetime
import fractions
import sys
import time
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.rooms.sending import ROUND, drawn

RATE = 25
SAMPLES = 960


def certificate(folder: Path) -> dict[str, str]:
    """A key on P-256: FFmpeg with GnuTLS makes one on P-224 by itself, which no WebRTC peer takes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ffmpeg")])
    begins = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    ends = begins + datetime.timedelta(days=3)
    made = builder.not_valid_before(begins).not_valid_after(ends).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(secret)
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return {"cert_file": str(folder / "certificate.pem"), "key_file": str(folder / "key.pem")}


def main(url: str, token: str, folder: Path) -> None:
    """Publish a head and a tone, as `-c:v libx264 -bf 0 -c:a libopus -f whip` does, until there is a file `stop`."""
    options = {"authorization": token, **certificate(folder)}
    with av.open(url, "w", format="whip", options=options) as out:
        video = out.add_stream("libx264", rate=RATE)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "bf": "0", "g": "25"}
        sound = out.add_stream("libopus", rate=48_000)
        assert isinstance(sound, AudioStream)
        sound.layout = "stereo"
        began, pictures, blocks = time.monotonic(), 0, 0
        while not (folder / "stop").exists():
            passed = time.monotonic() - began
            if pictures / RATE <= passed:
                luma = drawn(110)[pictures % ROUND]
                grey = np.full((120, 320), 128, np.uint8)
                picture = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")
                picture.pts, picture.time_base = pictures, fractions.Fraction(1, RATE)
                out.mux(video.encode(picture))
                pictures += 1
            if blocks * 0.02 <= passed:
                at = (np.arange(SAMPLES) + blocks * SAMPLES) / 48_000
                tone = (np.sin(2 * np.pi * 220 * at) * 9000).astype(np.int16)
                block = av.AudioFrame.from_ndarray(
                    np.repeat(tone, 2).reshape(1, -1), format="s16", layout="stereo"
                )
                block.sample_rate, block.pts = 48_000, blocks * SAMPLES
                block.time_base = fractions.Fraction(1, 48_000)
                out.mux(sound.encode(block))
                blocks += 1
            time.sleep(0.002)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
