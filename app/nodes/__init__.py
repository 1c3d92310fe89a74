"""Client of the workspace daemons over gRPC; the only place in app that knows protobuf."""
