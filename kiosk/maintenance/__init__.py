"""What a technician is told about a terminal, on its glass and by `kiosk doctor`: checks with a verdict each, worst news first."""
