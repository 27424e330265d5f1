"""Figures: what waits now, for those who do the work, and how promises were kept, with nobody to be made out."""
