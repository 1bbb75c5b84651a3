# SPDX-License-Identifier: EUPL-1.2
"""Ordinance: app restriction as code for public bodies.

The command line is the interface that is kept stable; see ``docs/reference``. From Python only what
``__all__`` lists is kept stable.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
