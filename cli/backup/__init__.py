"""Backups of the platform itself: what a data folder needs to become this installation again."""
