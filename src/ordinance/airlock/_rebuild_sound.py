# SPDX-License-Identifier: EUPL-1.2
"""The sound of a video made anew: a part of the worker that rebuilds videos, and loaded nowhere else.

Reads packets of an audio track; writes AAC-LC of 48 kHz, one or two channels, lined up with the pictures. The encoder
puts nothing of itself into it. The first 21 ms are silent: the encoder needs them, and without an edit list (which
platforms refuse) the rest would be late. Cannot know what is said.

Sources: ISO/IEC 14496-3 (AAC); FFmpeg's encoder `aac` for its 1024 samples of priming.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
from av.audio.fifo import AudioFifo
from av.audio.resampler import AudioResampler
from av.codec.context import Flags

from ordinance.airlock._apart import StopError
from ordinance.airlock._mp4 import Track, Writer, audio_entry
from ordinance.airlock._video import Step

SOUND_RATE = 48_000
FRAME = 1024  # samples of an AAC frame, and as many that its encoder puts before the first
DRIFT = SOUND_RATE // 10  # samples by which sound may be off before it is put right


class Sound:
    """Sound decoded, brought to 48 kHz and one or two channels, lined up with the pictures and encoded anew."""

    def __init__(self, audio: Any, writer: Writer, seconds: int, notes: set[str], start: Fraction) -> None:
        self._audio, self._writer, self._start = audio, writer, start
        self._most = seconds * SOUND_RATE
        channels = audio.codec_context.channels
        if channels > 2:
            notes.add("channels_reduced")
        self._layout = "mono" if channels == 1 else "stereo"
        encoder = av.CodecContext.create("aac", "w")
        encoder.sample_rate, encoder.layout, encoder.format = SOUND_RATE, self._layout, "fltp"
        encoder.bit_rate = 96_000 if channels == 1 else 160_000
        encoder.time_base = Fraction(1, SOUND_RATE)
        encoder.flags |= Flags.bitexact | Flags.global_header
        encoder.open()
        self._encoder = encoder
        self._resampler = AudioResampler(format="fltp", layout=self._layout, rate=SOUND_RATE)
        self._fifo = AudioFifo()
        entry = audio_entry(1 if channels == 1 else 2, SOUND_RATE, bytes(encoder.extradata or b"")[:2])
        self._place = writer.add(Track(SOUND_RATE, FRAME, entry))
        self._at: int | None = None  # samples taken so far, on the clock of the pictures; negative: before the first

    def take(self, step: Step) -> None:
        """What a packet decodes to."""
        for frame in step.frames:
            self._line_up(frame)
            self._resampled(frame)

    def _line_up(self, frame: Any) -> None:
        """Silence where sound is missing, nothing twice; what the encoder puts before the first sample is left out."""
        if frame.pts is None:
            return
        place = round((frame.pts * frame.time_base - self._start) * SOUND_RATE) - FRAME
        if abs(place) > self._most:
            raise StopError("airlock-too-many-frames")
        if self._at is None:
            self._at = min(place, 0)
        elif abs(place - self._at) <= DRIFT:
            return
        while self._at < place:
            self._push(self._silence(min(place - self._at, SOUND_RATE)))
        self._at = place

    def _silence(self, samples: int) -> Any:
        frame = av.AudioFrame(format="fltp", layout=self._layout, samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = SOUND_RATE
        return frame

    def _resampled(self, frame: Any) -> None:
        for one in self._resampler.resample(frame):
            self._push(one)

    def _push(self, frame: Any) -> None:
        at = self._at or 0
        self._at = at + frame.samples
        if self._at > self._most:
            raise StopError("airlock-too-many-frames")
        frame.pts = None
        self._fifo.write(frame)
        if at < 0:
            self._fifo.read(min(-at, frame.samples), True)
        while (ready := self._fifo.read(FRAME)) is not None:
            self._encode(ready)

    def _encode(self, frame: Any) -> None:
        if frame is not None:
            frame.pts = None
        for packet in self._encoder.encode(frame):
            self._writer.sample(self._place, bytes(packet))

    def end(self) -> None:
        """What was not enough for a frame, and what the encoder holds back."""
        self._resampled(None)
        rest = self._fifo.read(0, True)
        if rest is not None:
            self._encode(rest)
        if self._at is not None:
            self._encode(None)
