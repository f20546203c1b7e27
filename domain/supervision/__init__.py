"""The fold of one enterprise's whole history into its file and its flags."""
