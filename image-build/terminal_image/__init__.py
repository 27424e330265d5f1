"""Builds the terminal's disk image from Debian packages, and starts it in QEMU. Nothing is mounted on the way."""
