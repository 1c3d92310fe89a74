"""What the supervisor serves: a table of endpoints, behind two listeners.

`endpoint` tells the shape; a subject's endpoints are a function `endpoints(…)` in a module of
its name, and its object in supervisor/subjects hands them to the table. Not here: what they
tell and do, which is supervisor/host's.
"""
