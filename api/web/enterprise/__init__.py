"""Pages about one enterprise, its sessions and certificates, and the roster."""
