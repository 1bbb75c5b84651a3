# SPDX-License-Identifier: EUPL-1.2
"""The command line: parse, call an operation, show. Data on stdout, words on stderr."""

from ordinance.cli.main import main

__all__ = ["main"]
