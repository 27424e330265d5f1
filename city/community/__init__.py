"""Community information: notices, the directory of services, requests, time bank, public utilities."""
