"""The web room: addresses in, one record per page out, looks in templates."""

from web.app import create_app

__all__ = ["create_app"]
