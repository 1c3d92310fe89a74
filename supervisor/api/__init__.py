"""What the supervisor serves to the proxy on its port."""
