# SPDX-License-Identifier: EUPL-1.2
"""Dirty pictures and videos: files with a marker in every place where something can hide, and what finds them again.

`corpus.build` gives the files with a list of what was planted where; `find.Finder` says which of it is still in a file.
Invented throughout: no picture of anybody, no camera that exists, coordinates of a town hall square.
"""
