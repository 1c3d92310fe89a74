"""Images on the disk: OCI layouts and the files inside their layers. Decides nothing."""
