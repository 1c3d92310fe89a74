"""Git access: tokens and ssh keys that people's git shows to hosts, and the hosts they know.

Secrets enter here, rest sealed, and leave only to the node's git and to supervisors of
trusted workspaces of the same person; never to a page or the API.
"""
