# SPDX-License-Identifier: EUPL-1.2
"""What becomes of the lines of a block, put together by those that are to be seen, as compiled code (see `_kernels`).

Reads: what a scan said of each line. Cannot know why a line is shown.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ordinance.readers._kernel_compiling import compiled
from ordinance.readers._kernels import AT, COUNTED, END, LINK, NEVER, SHOWN, STRUCTURAL, VERDICT

NUMBER, BEGIN, STOP, DROPPED_LINES, STRUCTURAL_LINES, FIRST, LAST = range(7)
_WIDTH: Final = 7


@compiled
def shown_lines(lines: Any, first: int) -> Any:
    """A row for each shown line from `first` on, which is one itself: its number, where it begins and ends, and of the
    lines passed over behind it how many are dropped and structural, and the first and last instant that counts.
    """
    count = 0
    for number in range(first, lines.shape[0]):
        count += lines[number, VERDICT] == SHOWN
    rows = np.empty((count, _WIDTH), np.int64)
    row = -1
    for number in range(first, lines.shape[0]):
        becomes, at = lines[number, VERDICT], lines[number, AT]
        if becomes == SHOWN:
            row += 1
            rows[row, NUMBER], rows[row, STOP] = number, lines[number, END]
            rows[row, BEGIN] = lines[number - 1, END] + 1 if number else 0
            rows[row, DROPPED_LINES] = rows[row, STRUCTURAL_LINES] = 0
            rows[row, FIRST], rows[row, LAST] = NEVER, -1
        elif becomes == STRUCTURAL:
            rows[row, STRUCTURAL_LINES] += 1
        else:
            rows[row, DROPPED_LINES] += 1
            if becomes == COUNTED:
                rows[row, FIRST] = min(rows[row, FIRST], at)
                rows[row, LAST] = max(rows[row, LAST], at)
    return rows


@compiled
def show_linked(lines: Any, first: int, links: Any) -> bool:
    """Show the lines from `first` on that belong to one of `links` (ascending); whether there were any."""
    found = False
    for number in range(first, lines.shape[0]):
        link = lines[number, LINK]
        if link < 0 or lines[number, VERDICT] == SHOWN:
            continue
        low, high = 0, links.size
        while low < high:
            middle = (low + high) // 2
            if links[middle] < link:
                low = middle + 1
            else:
                high = middle
        if low < links.size and links[low] == link:
            lines[number, VERDICT] = SHOWN
            found = True
    return found
