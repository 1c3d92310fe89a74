"""Everything that touches the machine: mounts, namespaces, git, cgroups, the OCI runtime."""
