"""The workbench: pages made on the server, complete without JavaScript; each with a JSON twin under `/v1`."""
