# SPDX-License-Identifier: EUPL-1.2
"""The whole way of a package, from the given file to the post's address, where no network is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.airlock.videos import film

from lab.glibc import UNSHARE
from operations.airlock_body import opened, picture
from ordinance.airlock._seccomp import can_lock_in

WAY = """
import json, socket, sys
from pathlib import Path

made = []
sys.addaudithook(lambda event, given: made.append(event) if event in ("socket.connect", "socket.getaddrinfo") else None)
from operations.airlock_body import AT, GOOD, MAKER, OTHER, TRANSFER
from operations import airlock_body
from ordinance.airlock.second_reader import check_second
from ordinance.operations.airlock_log import log_document
from ordinance.operations.airlock_releasing import posted
from ordinance.operations.workspace import open_workspace

folder = Path(sys.argv[1])
body = open_workspace(folder / "tallinn", AT, channels=True).usable()
cover, srt = folder / "IMG mayor.jpg", folder / "draft.srt"
airlock_body.packed(body, [folder / "draft.mp4"], cover=cover, captions=srt)
airlock_body.approved(body, captions="read_and_right")
airlock_body.released(body, folder / "stick", second=check_second)
posted(body, TRANSFER, "https://www.tiktok.com/@tallinn/video/1", by=MAKER, at=AT)
log = log_document(body)
interfaces = [name for _, name in socket.if_nameindex()]
print(json.dumps({"holds": log["holds"], "acts": [e["what"] for e in log["entries"]], "made": made, "at": interfaces}))
"""

pytestmark = [
    pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates"),
    pytest.mark.consumer("libimage-exiftool-perl"),
    pytest.mark.consumer("util-linux"),
]


def test_a_video_goes_all_the_way_without_a_network(tmp_path: Path) -> None:
    """Prepared, approved, released to the clean device and posted, with both readers, in a namespace with no route."""
    opened(tmp_path)
    picture(tmp_path)
    (tmp_path / "draft.mp4").write_bytes(film(30, size=(180, 320)))
    (tmp_path / "draft.srt").write_text("1\n00:00:00,000 --> 00:00:01,200\nTere!\n", "utf-8")
    roots = Path(__file__).resolve().parents[2]
    paths = ":".join(str(path) for path in (roots / "src", roots / "tests", roots))
    command = [*UNSHARE, "env", f"PYTHONPATH={paths}", sys.executable, "-c", WAY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {
        "holds": True,
        "acts": ["prepared", "approved", "released", "posted"],
        "made": [],
        "at": ["lo"],
    }
    assert (tmp_path / "stick").is_dir()
