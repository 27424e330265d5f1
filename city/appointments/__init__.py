"""Appointments at the windows (预约): times that residents book at a terminal, and the day's list at the window."""
