"""A person's own variables, each for the repositories that its pattern names.

Values enter here, rest sealed, and leave only to supervisors of trusted workspaces of the same
person; never to a page or the public API.
"""
