"""A person's dotfiles: a process of its own, run as the person beside everything else.

It is started by `supervisor.host.dotfiles`, which may end it at any moment: what is cloned comes
into its place as a whole, and what a script has done is the script's.
"""
