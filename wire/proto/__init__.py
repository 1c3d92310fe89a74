"""Generated gRPC code of the workspace daemon, made by `make proto` from node.proto.

Only `app/nodes` and `daemon` import it. Nothing is written here by hand except
the .proto file; a test fails when the generated code is stale.
"""
