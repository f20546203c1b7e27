"""What one enterprise may certify, day by day (六(三), 七(三))."""
