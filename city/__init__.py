"""The city's end: takes applications in, shows them to clerks, and answers for them. A Django project on one data directory."""
