"""The live assistant: frames in, planes kept; what is told to whoever holds the probe."""
