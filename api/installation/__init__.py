"""Where everything is put together: settings, wiring, check-up."""
