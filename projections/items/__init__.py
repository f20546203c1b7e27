"""Items: one frozen record for each thing that is shown. What it holds, how it is headed, who may see it."""
