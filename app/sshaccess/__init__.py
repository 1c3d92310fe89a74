"""Who may come into a workspace by ssh.

Public keys that people have uploaded, and passwords for ten minutes. The gateway (`proxy.ssh`)
asks over the internal listener; it knows nothing itself. Keys that git shows to other hosts are
in `app.gitaccess`.
"""
