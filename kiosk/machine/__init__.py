"""The terminal as a machine: its conversation with systemd, what each unit may reach, its keys, and the picture when nothing starts."""
