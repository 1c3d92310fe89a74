"""Rendering, forms, assets and the live WebSocket; knows no domain."""
