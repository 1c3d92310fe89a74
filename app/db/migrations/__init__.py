"""Alembic environment and versions; every revision upgrades and downgrades."""
