"""Behind the maintenance menu's screens: who may open it, what is looked at and found, and the record of what was done.

`kiosk doctor` shows the same findings: checks with a verdict each, worst news first.
"""
