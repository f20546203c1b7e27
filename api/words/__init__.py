"""What everything is called, in Chinese and in English."""
