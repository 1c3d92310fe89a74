"""Who somebody is and may do: sign-in links, sessions, tokens, grants, access."""
