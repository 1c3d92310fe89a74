"""Tables, sessions and migrations. No queries of a domain, no rules."""
