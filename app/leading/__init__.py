"""Which of several servers runs the loops that must run once.

May live here: the lease that says so, who holds it, and who of the servers lives. Not here: what
the loops do; they are handed in, and know nothing of other servers.
"""
