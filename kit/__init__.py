"""What ought to be in a library: settings, logging, tasks, clocks, sockets.

Knows no noun of Podium.
"""
