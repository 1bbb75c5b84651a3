# SPDX-License-Identifier: EUPL-1.2
"""Whether a text is such as programs write into the pictures that they make: a hint, and no proof.

Reads: texts with the names they stand under: keywords of PNG, fields of Exif. A sign counts where a program writes it,
in the form that it writes; the words of a person under the same name ("parameters", "prompt") are none.

Cannot know: whether the text is true, was copied from another picture, or is of a program that only cut a photograph.
What it says (names of models, what was asked for) is not kept.

Sources (read 2026-11-27): AUTOMATIC1111/stable-diffusion-webui `modules/images.py` and `processing.py` (`parameters`,
`UserComment`); comfyanonymous/ComfyUI `nodes.py` and `comfy_extras/nodes_images.py` (`prompt`, `workflow`; in WebP as
`Model` and `Make`); mcmonkeyprojects/SwarmUI (`sui_image_params`); invoke-ai/InvokeAI (`invokeai_metadata`, formerly
`sd-metadata`); NovelAI (`Software`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

COMMENT = "UserComment"  # the one field of Exif that is asked by its name
FIELD = "Exif"  # any other of its texts: its keyword stands before it
# Each has ends that do not depend on what is found before them: no text makes a search long.
_STEPS = re.compile(rb"(?:^|\n)Steps: [0-9]{1,6}, ([^\n]{1,4000})")
_OTHERS = tuple(map(re.compile, (rb"Sampler: [A-Z]", rb"CFG scale: [0-9]", rb"Seed: [0-9]")))
_SWARM = (re.compile(rb'"sui_image_params"\s{0,4}:\s{0,4}\{'),)
_PLAN = (re.compile(rb'"class_type"\s{0,4}:\s{0,4}"'), re.compile(rb'"inputs"\s{0,4}:\s{0,4}\{'))
_DRAWN = (
    re.compile(rb'"nodes"\s{0,4}:\s{0,4}\['),
    re.compile(rb'"links"\s{0,4}:\s{0,4}\['),
    re.compile(rb'"(?:widgets_values|inputs)"\s{0,4}:\s{0,4}[\[{]'),
)
_INVOKE = (re.compile(rb'"(?:generation_mode|app_version|app_id|positive_prompt)"\s{0,4}:'),)
_OBJECTS = MappingProxyType(  # what must stand in an object of JSON under a keyword: all of one of these
    {
        "parameters": (_SWARM,),
        "prompt": (_PLAN, _DRAWN),
        "workflow": (_DRAWN, _PLAN),
        "invokeai_metadata": (_INVOKE,),
        "sd-metadata": (_INVOKE,),
    }
)


def is_of_generator(name: str, content: bytes | memoryview) -> bool:
    """Whether a text under this name is as a program writes it that makes pictures. Raises nothing."""
    return any(_is_sign(where, text) for where, text in _readings(name, content))


def _readings(name: str, content: bytes | memoryview) -> Iterator[tuple[str, bytes | memoryview]]:
    """A text in the letters that it may be written in; in Exif the keyword may stand before it."""
    if name == COMMENT:
        head, rest = bytes(content[:8]), content[8:]
        if head == b"UNICODE\x00":  # big end first, as the web UI writes it, whatever the order of the file; or not
            for order in ("utf_16_be", "utf_16_le"):
                yield "parameters", bytes(rest).decode(order, "replace").encode("utf-8", "replace")
        else:
            yield "parameters", rest
    elif name == FIELD:
        keyword, _, rest = bytes(content).partition(b":")
        yield keyword[:40].decode("ascii", "replace"), rest
    else:
        yield name, content


def _is_sign(name: str, text: bytes | memoryview) -> bool:
    if name == "Software":
        return bytes(text[:9]).rstrip(b" \x00") == b"NovelAI"
    if bytes(text[:100]).lstrip()[:1] == b"{":
        return any(all(sign.search(text) for sign in signs) for signs in _OBJECTS.get(name, ()))
    if name != "parameters":
        return False
    return any(sum(bool(one.search(rest)) for one in _OTHERS) >= 2 for rest in _STEPS.findall(text))
