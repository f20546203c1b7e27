"""Inside or outside Beijing, with every piece of evidence (七(三))."""
