"""What a workspace consists of: each subject an object that hangs into supervisor/workspace.

`subject` tells the shape, `context` what each is given. A subject holds its things of
supervisor/host and says what they tell the server (`observed`), what they do for ever (`work`)
and what can be asked of them (`endpoints`, written in supervisor/api). Not here: how.
"""
