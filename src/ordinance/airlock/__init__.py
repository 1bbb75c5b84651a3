# SPDX-License-Identifier: EUPL-1.2
"""The way of a picture or a video from a work computer to the separate device: rebuilt, checked twice, or refused.

Files are read as foreign bytes and never copied through. Nothing here opens a connection or comes back from the device.
"""
