"""What workspaces may open with: the catalogue, its rules, and the links of desktop editors.

Pure but for `api`. What is built of it, and how, is set-up's; what runs is the supervisor's.
"""
