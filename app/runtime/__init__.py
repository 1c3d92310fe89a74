"""Ports towards containers and content, the reconciler, and its adapters.

Takes its own Desired values and reports Observed ones; knows no table and no page.
"""
