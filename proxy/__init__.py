"""The one entry for every host: dashboard, IDEs, ports. Holds no truth, follows the route feed."""
