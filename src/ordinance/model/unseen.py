# SPDX-License-Identifier: EUPL-1.2
"""Ways in which what a device does goes past the logs of an office.

Holds words only. Cannot say that a way was taken: a name that was asked for shows that a device could take it.
"""

from __future__ import annotations

from enum import StrEnum


class UnseenKind(StrEnum):
    """What a name stands for whose use hides from a resolver's or a TLS log what a device does next.

    A question for one of them never shows which app was used, by whom, or that anything was hidden on purpose: browsers
    and systems ask on their own. It shows that from then on the silence of these logs about the device proves nothing.
    """

    # A public resolver that takes questions encrypted. Asked for: the device could send all further questions there.
    # Not shown: that one was sent. It may have tested whether it can, or be blocked. Contacts stay in a TLS log.
    DOH = "doh"
    # A relay of the system's maker. Asked for: the device could send its browser's traffic and questions through it.
    # Not shown: that it does. Where the resolver says that there is no such name, it does not. Other apps may be seen.
    RELAY = "relay"
    # A service that tunnels traffic. Asked for: the device could have its app, or its browser. Not shown: that a tunnel
    # was open, or more than a look at the vendor's site. While one is open, neither names nor contacts are seen.
    VPN = "vpn"
    # The outer name of Encrypted Client Hello. In a TLS log: the device went to some site behind it, and the log cannot
    # say to which. As a question: next to nothing. The resolver was still asked for the site itself.
    ECH = "ech"
