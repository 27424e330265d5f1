"""What residents and technicians meet: the flow of a visit, its screens, its papers, and the command `kiosk`."""
