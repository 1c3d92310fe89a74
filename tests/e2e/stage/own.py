"""What the person of the stage has set up."""

PROFILE = ("extensions.json", "keybindings.json", "settings.json", "snippets/python.json")
"""Files of the person's editor that are kept."""
VARIABLES = (
    ("NPM_TOKEN", "*/**"),
    ("PAYMENTS_DATABASE_URL", "acme-financial-services/payments-api"),
    ("PGPASSWORD", "ada/*"),
)
"""Name and repositories of the person's variables."""
