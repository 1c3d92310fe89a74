"""Pure: names, the composition of layers, answers. No files, no sockets, no clock."""
