# SPDX-License-Identifier: EUPL-1.2
"""Two seconds of picture and sound, taken apart: NAL units of H.264, frames of AAC, and what can be put among them.

ITU-T H.264 for NAL units and SEI, ISO/IEC 14496-3 for the elements of an AAC frame.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from lab.airlock.jpeg import picture

WIDTH, HEIGHT, RATE, FRAMES = 128, 96, 25, 50
SOUND_RATE, SOUND_FRAME = 48_000, 1024
SEI, SPS, PPS, DELIMITER, END, FILLER = 6, 7, 8, 9, 10, 12
USER = bytes.fromhex("c4a21e0bd0fe4c5d9c5f0f5b6ac2e1d7")  # an identifier of user data that nobody else uses


@dataclass(frozen=True)
class Video:
    """The two parameter sets, and the NAL units of each picture without them."""

    sps: bytes
    pps: bytes
    pictures: tuple[tuple[bytes, ...], ...]

    @property
    def keys(self) -> tuple[int, ...]:
        """Numbers of the pictures that need no other, from one."""
        return tuple(n for n, units in enumerate(self.pictures, 1) if any(u[0] & 31 == 5 for u in units))


@dataclass(frozen=True)
class Sound:
    """The configuration of the decoder and the frames."""

    config: bytes
    frames: tuple[bytes, ...]


@functools.cache
def video(shift: int = 0) -> Video:
    """A pattern that moves, by one thread and so the same each time; `shift` makes it another picture."""
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, RATE), Fraction(RATE)
    codec.thread_count = 1
    codec.options = {"preset": "veryfast", "bf": "0", "g": "25", "qp": "30", "threads": "1"}
    whole = picture(WIDTH * 2, HEIGHT, "L").tobytes()
    packets = []
    for number in range(FRAMES):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane in frame.planes:
            rows = []
            for y in range(plane.height):
                at = y * 2 * WIDTH + (number + shift) % WIDTH
                rows.append(whole[at : at + plane.width].ljust(plane.line_size, b"\0"))
            plane.update(b"".join(rows))
        frame.pts = number
        packets += codec.encode(frame)
    packets += codec.encode(None)
    units = [tuple(split(bytes(p))) for p in packets]
    sps = next(u for u in units[0] if u[0] & 31 == SPS)
    pps = next(u for u in units[0] if u[0] & 31 == PPS)
    return Video(sps, pps, tuple(tuple(u for u in p if u[0] & 31 in (1, 5)) for p in units))


@functools.cache
def sound() -> Sound:
    """Two seconds of a tone."""
    codec = av.CodecContext.create("aac", "w")
    assert isinstance(codec, AudioCodecContext)
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = SOUND_RATE, "mono", "fltp", 64_000
    codec.time_base = Fraction(1, SOUND_RATE)
    codec.options = {"flags": "+bitexact"}
    import array

    packets = []
    for number in range(2 * SOUND_RATE // SOUND_FRAME):
        frame = av.AudioFrame("fltp", "mono", SOUND_FRAME)
        start = number * SOUND_FRAME
        wave = array.array("f", (((start + k) * 13 % 109) / 109 - 0.5 for k in range(SOUND_FRAME)))
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return Sound(bytes(codec.extradata or b""), tuple(bytes(p) for p in packets))


def split(stream: bytes) -> list[bytes]:
    """NAL units of a stream with start codes."""
    return [u.rstrip(b"\0") for u in re.split(rb"\0\0\0?\x01", stream) if u]


def escaped(payload: bytes) -> bytes:
    """With the bytes that keep a start code from appearing by chance."""
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", payload)


def unit(kind: int, payload: bytes) -> bytes:
    """A NAL unit of any type."""
    return bytes([kind]) + escaped(payload)


def sei(payload: bytes, kind: int = 5) -> bytes:
    """A message of supplemental enhancement information; of type 5 (user data, unregistered) unless said otherwise."""
    body = USER + payload if kind == 5 else payload
    size = b"\xff" * (len(body) // 255) + bytes([len(body) % 255])
    return unit(SEI, bytes([kind]) + size + body + b"\x80")


def other_pps(pps: bytes, number: int, tail: bytes) -> bytes:
    """The same set under another number, with bytes behind its end."""
    bits = "".join(f"{b:08b}" for b in pps[1:])
    assert bits.startswith("11"), "this encoder gives its only set number nought"
    code = f"{number + 1:b}"
    bits = "0" * (len(code) - 1) + code + "1" + bits[2:].rstrip("0")
    bits += "0" * (-len(bits) % 8)
    return pps[:1] + escaped(int(bits, 2).to_bytes(len(bits) // 8, "big") + tail)


def lengths(units: tuple[bytes, ...]) -> bytes:
    """A sample as MP4 keeps it: each unit behind its length."""
    return b"".join(len(u).to_bytes(4, "big") + u for u in units)


def with_data_element(frame: bytes, data: bytes) -> bytes:
    """An AAC frame that begins with a data stream element; the rest stays on whole bytes."""
    assert len(data) < 255
    return bytes([0b100_0000_1, len(data)]) + data + frame


def with_fill_element(frame: bytes, data: bytes) -> bytes:
    """An AAC frame that begins with a fill element (extension type 1); its text stands across the borders of bytes."""
    count = 1 + len(data)
    assert 15 <= count <= 269
    bits = f"110{15:04b}{count - 14:08b}" + f"{1:04b}{0:04b}" + "".join(f"{b:08b}" for b in data)
    bits += "".join(f"{b:08b}" for b in frame)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
