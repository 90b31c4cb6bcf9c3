"""The flag `deepfake_detection`: whether a face in a picture was altered, told to the host first."""
