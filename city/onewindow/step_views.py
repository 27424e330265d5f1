"""The views of a back office's list."""

VIEWS = ("mine", "office", "others", "done")
