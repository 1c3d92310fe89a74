"""The control plane: dashboard, public API, auth, workspace manager.

State lives in the database only. A domain folder has structs, a service, pages and
an API over it. Importing goes downwards: __main__, asgi, workspaces, accounts,
runtime, nodes, web, faults, db, settings.
"""
