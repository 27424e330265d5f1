"""What a device of the counter is: protocols, closed statuses and outcomes, with no library behind them.

How bytes move is the business of `drivers`; `peripherals.virtual` holds the virtual hardware that the drivers are run against.
"""
