# SPDX-License-Identifier: EUPL-1.2
"""Suricata over one capture at a time, with a configuration of its own: what it writes into eve.json.

It runs in a folder, reads no file of the system's configuration, and opens no network.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab.dns import ENV
from ordinance.model.errors import ConsumerError

WITHIN_S = 60
TYPES = """
        - alert:
            verdict: yes
        - anomaly
        - drop:
            alerts: yes
            verdict: yes
        - dns
        - tls:
            extended: yes
            session-resumption: yes
        - http:
            extended: yes
        - quic
        - dhcp
        - files
        - flow
        - stats
"""


def version() -> str:
    """As the program says it."""
    said = subprocess.run(["suricata", "-V"], env=ENV, capture_output=True, text=True, timeout=WITHIN_S, check=True)
    return said.stdout.strip().rpartition("version ")[2].split(" ")[0]


def watch(capture: Path, folder: Path, types: str = TYPES, rules: str = "", stops: bool = False) -> Path:
    """The eve.json that Suricata makes of a capture, behind what stands in it; `stops`: as if it stood in the way."""
    folder.mkdir(exist_ok=True)
    config, own = folder / "suricata.yaml", folder / "own.rules"
    config.write_text(CONFIGURATION.format(types=types, folder=folder), encoding="ascii")
    own.write_text(rules, encoding="ascii")
    command = ["suricata", "-r", str(capture), "-l", str(folder), "-c", str(config), "-S", str(own), "-k", "none"]
    command += ["--runmode", "single", *(["--simulate-ips"] if stops else [])]
    run = subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    log = folder / "eve.json"
    if run.returncode != 0 or not log.exists() or "error" in run.stderr.lower():
        raise ConsumerError(f"suricata failed:\n{run.stdout[-1000:]}{run.stderr[-1000:]}")
    return log


CONFIGURATION = """%YAML 1.1
---
vars:
  address-groups:
    HOME_NET: "[192.0.2.0/24,2001:db8::/32]"
    EXTERNAL_NET: "!$HOME_NET"
stats:
  enabled: yes
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:{types}
logging:
  default-log-level: warning
  outputs:
    - console:
        enabled: yes
app-layer:
  protocols:
    dns:
      tcp:
        enabled: yes
        detection-ports:
          dp: 53
      udp:
        enabled: yes
        detection-ports:
          dp: 53
    tls:
      enabled: yes
      detection-ports:
        dp: 443
    http:
      enabled: yes
    quic:
      enabled: yes
    dhcp:
      enabled: yes
"""
